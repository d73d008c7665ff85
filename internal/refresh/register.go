package refresh

import (
	"bytes"
	"context"
	"encoding/hex"
	"fmt"
	"net/url"
	"strings"

	"fairway/internal/fault"
	"fairway/internal/outbound"
	"fairway/internal/register"
	"fairway/internal/strictjson"
)

const (
	// maxRegister is the largest file that is fetched; the EBA's ZIP has 20 MB. It is held in memory.
	maxRegister = 64 << 20
	// maxDescription is the largest description of a file that is read.
	maxDescription = 64 << 10
)

// Why there is no file to import.
var (
	errUnreachable = fault.New(fault.Unavailable, "register_unreachable",
		"The register could not be fetched from its publisher. The one that is held stays, and it is tried again within the hour.")
	errDescription = fault.New(fault.Invalid, "register_description",
		"The publisher's description of the register cannot be read, or names a file that is not on its own host. The register that is held stays. Look at the configured address.")
)

// FetchRegister fetches the register and imports it. The configured address gives the ZIP itself, or the EBA's description
// of it, which names the file and its digest. The file has to lie on the host of the description.
func (r *Refresh) FetchRegister(ctx context.Context) error {
	return r.keep(ctx, Register, r.register(ctx))
}

func (r *Refresh) register(ctx context.Context) error {
	file, err := r.get(ctx, r.config.Register)
	if err != nil {
		return err
	}
	options := register.Options{}
	if described(file) {
		d, err := readDescription(file, r.config.Register)
		if err != nil {
			return err
		}
		if file, err = r.get(ctx, d.address); err != nil {
			return err
		}
		options.SHA256 = d.sha256
	}
	_, err = r.Deps.Register.Import(ctx, Actor, bytes.NewReader(file), int64(len(file)), options)
	return err
}

func (r *Refresh) get(ctx context.Context, address string) ([]byte, error) {
	file, err := r.config.Outside.Fetch(ctx, outbound.Request{Address: address, Limit: maxRegister})
	if err != nil {
		return nil, errUnreachable.With(fmt.Errorf("fetch the register: %w", err))
	}
	return file, nil
}

// described tells a description, which is a JSON object, from the register, which is a ZIP or a JSON array.
func described(file []byte) bool {
	return bytes.HasPrefix(bytes.TrimLeft(file, "\xef\xbb\xbf \t\r\n"), []byte("{"))
}

// description is where the file is and what its digest is.
type description struct{ address, sha256 string }

// readDescription reads what the EBA publishes beside the register: all of its values are texts, and the paths are below the
// context. What is not needed is left alone, so that a further member stops nothing.
func readDescription(text []byte, from string) (description, error) {
	if len(text) > maxDescription {
		return description{}, errDescription
	}
	o, err := strictjson.Parse(bytes.TrimPrefix(text, []byte("\xef\xbb\xbf")))
	if err != nil {
		return description{}, errDescription.With(err)
	}
	base, path, sum := o.Text("golden_copy_path_context"), o.Text("latest_version_relative_zip_path"), o.Text("sha256_hash")
	if f := o.Fault(); f != nil {
		return description{}, errDescription.With(f)
	}
	if raw, err := hex.DecodeString(sum); err != nil || len(raw) != 32 || base == "" || path == "" {
		return description{}, errDescription
	}
	address, err := url.Parse(strings.TrimSuffix(base, "/") + "/" + strings.TrimPrefix(path, "/"))
	if err != nil {
		return description{}, errDescription.With(err)
	}
	home, err := url.Parse(from)
	if err != nil || address.Scheme != "https" || !strings.EqualFold(address.Host, home.Host) || address.User != nil {
		return description{}, errDescription
	}
	return description{address.String(), strings.ToLower(sum)}, nil
}

func many(n, all int) string { return fmt.Sprintf("%d of %d lists were refused. ", n, all) }
