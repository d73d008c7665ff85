package httpkit

import (
	"github.com/gin-gonic/gin"

	"fairway/internal/fault"
)

var (
	errFileTwice    = fault.New(fault.Invalid, "file_twice", "Choose one file.")
	errTextAndFile  = fault.New(fault.Invalid, "text_and_file", "You pasted a text and chose a file. Send one of the two.")
	errFileTooLarge = fault.New(fault.Invalid, "file_too_large", "This file is too large: all of a form together may have 128 KB. The file that is asked for has a few KB.")
)

// TextOrFile is what a form's field of text holds, or the file of another field where nothing was typed: people paste or
// choose. Both at once are a fault, since nobody could tell which was meant, and so is a file that was too large to keep.
func TextOrFile(c *gin.Context, text, field string) ([]byte, error) {
	sent := uploadsOf(c)
	files := sent.files[field]
	switch {
	case sent.large[field]:
		return nil, errFileTooLarge
	case len(files) > 1:
		return nil, errFileTwice
	case len(files) == 0 || len(files[0]) == 0:
		return []byte(text), nil
	case text != "":
		return nil, errTextAndFile
	}
	return files[0], nil
}
