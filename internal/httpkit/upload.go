package httpkit

import (
	"fmt"
	"io"

	"github.com/gin-gonic/gin"

	"fairway/internal/fault"
)

// TextOrFile is what a form's field of text holds, or the file of another field where nothing was typed: people paste or
// choose. Both at once are a fault, since nobody could tell which was meant. The size is bounded with the form's.
func TextOrFile(c *gin.Context, text, field string) ([]byte, error) {
	form := c.Request.MultipartForm
	if form == nil || len(form.File[field]) == 0 {
		return []byte(text), nil
	}
	if len(form.File[field]) > 1 {
		return nil, fault.New(fault.Invalid, "file_twice", "Choose one file.")
	}
	file, err := form.File[field][0].Open()
	if err != nil {
		return nil, fmt.Errorf("open an uploaded file: %w", err)
	}
	defer func() { _ = file.Close() }() // it was read
	data, err := io.ReadAll(io.LimitReader(file, maxForm))
	if err != nil {
		return nil, fmt.Errorf("read an uploaded file: %w", err)
	}
	switch {
	case len(data) == 0:
		return []byte(text), nil
	case text != "":
		return nil, fault.New(fault.Invalid, "text_and_file", "You pasted a text and chose a file. Send one of the two.")
	}
	return data, nil
}
