package httpkit

import (
	"errors"
	"fmt"
	"io"
	"mime/multipart"
	"net/http"
	"net/url"

	"github.com/gin-gonic/gin"

	"fairway/internal/fault"
)

// maxSent is how much of a form with files is read at all. What is too large to keep is read to its end up to here, so that
// the form comes back with a sentence at its field; beyond, the connection ends.
const maxSent = 16 << 20

const uploadsKey = "fairway.uploads"

var (
	errFormTooLarge = fault.New(fault.Invalid, "form_too_large", "This form is larger than 128 KB. Send less at a time.")
	errSentTooLarge = fault.New(fault.Invalid, "form_too_large",
		"What you sent is larger than 16 MB, so we did not read it to its end, and nothing of it was kept. The file that this form asks for has a few KB: go back and choose it.")
	errFormUnreadable = fault.New(fault.Invalid, "form_unreadable", "The form could not be read. Go back and send it again.")
)

// uploads are the files of a form, and the names of the fields that were too large to keep.
type uploads struct {
	files map[string][][]byte
	large map[string]bool
}

func uploadsOf(c *gin.Context) uploads {
	v, _ := c.Get(uploadsKey)
	u, _ := v.(uploads)
	return u
}

// readMultipart reads a form with files. It keeps 128 KB of it in memory and nothing on disk.
func readMultipart(w http.ResponseWriter, r *http.Request) (url.Values, uploads, error) {
	if r.ContentLength > maxSent {
		return nil, uploads{}, errSentTooLarge
	}
	r.Body = http.MaxBytesReader(w, r.Body, maxSent)
	parts, err := r.MultipartReader()
	if err != nil {
		return nil, uploads{}, errFormUnreadable.With(err)
	}
	values, files := url.Values{}, uploads{files: map[string][][]byte{}, large: map[string]bool{}}
	left := maxForm
	for range maxFields + 1 {
		part, err := parts.NextPart()
		if errors.Is(err, io.EOF) {
			return values, files, nil
		}
		if err == nil {
			err = keepPart(part, values, files, &left)
		}
		if err != nil {
			return nil, uploads{}, unreadable(err)
		}
	}
	return nil, uploads{}, errFormUnreadable
}

// keepPart reads one field. One that does not fit any more is read past and named; it takes no room from the others.
func keepPart(part *multipart.Part, values url.Values, files uploads, left *int) error {
	name := part.FormName()
	data, err := io.ReadAll(io.LimitReader(part, int64(*left)+1))
	if err != nil {
		return fmt.Errorf("read the field of a form: %w", err)
	}
	if len(data) > *left {
		files.large[name] = true
		if _, err := io.Copy(io.Discard, part); err != nil {
			return fmt.Errorf("pass over the field of a form: %w", err)
		}
		return nil
	}
	*left -= len(data)
	if part.FileName() == "" {
		values.Add(name, string(data))
		return nil
	}
	files.files[name] = append(files.files[name], data)
	return nil
}

func unreadable(err error) error {
	if tooBig := new(http.MaxBytesError); errors.As(err, &tooBig) {
		return errSentTooLarge.With(err)
	}
	return errFormUnreadable.With(err)
}
