package demo

import (
	"bytes"
	_ "embed" // the sample register
	"slices"
	"time"
)

//go:embed register.json
var register []byte

// Register is a small file in the shape of the EBA's register. All of its institutions are invented; the first is the one
// that a request names by default, authorised for account information in Finland.
func Register() []byte { return slices.Clone(register) }

// published is the version that the entries of the sample carry in its file.
const published = "20260102000000000"

// RegisterOf is the sample as it would be published on a day: what a register says that nobody has to call old.
func RegisterOf(day time.Time) []byte {
	return bytes.ReplaceAll(register, []byte(published), []byte(day.UTC().Format("20060102")+"000000000"))
}
