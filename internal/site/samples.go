package site

import "fairway/internal/example"

// Sample is a file that a page of the documentation tells its readers to save.
type Sample struct {
	// Page is the address of the page.
	Page string
	// Name is the file's name.
	Name string
	// Language is sh for a script that can be run beside the files of the ZIP archive.
	Language string
	Text     string
}

// Samples lists the files of all pages in reading order. A script may source files that stand before it and reads what
// earlier scripts wrote; all of them run in the folder of the unpacked ZIP archive, with its env.sh. Between authorise.sh
// and exchange.sh a customer opens the address in authorisation.txt, and the address that the browser comes back to is
// put into callback.txt. No sample names an address of a deployment.
func Samples() ([]Sample, error) {
	all, err := chapters()
	if err != nil {
		return nil, err
	}
	printed, err := example.Read()
	if err != nil {
		return nil, err
	}
	values := exampleValues(printed)
	var out []Sample
	for _, c := range all {
		for _, b := range codeBlocks(c.Body) {
			if b.File == "" {
				continue
			}
			text, err := filled(b.Text, values)
			if err != nil {
				return nil, err
			}
			out = append(out, Sample{Page: c.Path(), Name: b.File, Language: b.Language, Text: text})
		}
	}
	return out, nil
}
