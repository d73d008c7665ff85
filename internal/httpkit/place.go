package httpkit

import "context"

// Place is where a request arrived: the environment and brand that the door read from the host or the path, and
// the address below which its paths lie.
type Place struct {
	Environment, Brand string
	// Base is the absolute URL of the place, without a slash at the end.
	Base string
	// BasePath is the path of Base on its host; empty at the root.
	BasePath string
}

type placeKey struct{}

// WithPlace is called by the doors alone.
func WithPlace(ctx context.Context, p Place) context.Context {
	return context.WithValue(ctx, placeKey{}, p)
}

// PlaceOf is where this request arrived.
func PlaceOf(ctx context.Context) Place {
	p, _ := ctx.Value(placeKey{}).(Place)
	return p
}
