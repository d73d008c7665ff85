module fairway/test/zlint

go 1.26.8

require (
	fairway v0.0.0
	github.com/zmap/zcrypto v0.0.0-20260906180147-3ed30b1e9340
	github.com/zmap/zlint/v3 v3.7.3
)

require (
	github.com/beevik/etree v1.8.1 // indirect
	github.com/jonboulle/clockwork v0.5.0 // indirect
	github.com/pelletier/go-toml v1.9.5 // indirect
	github.com/russellhaering/goxmldsig v1.6.1 // indirect
	github.com/weppos/publicsuffix-go v0.50.4-0.20260821095816-b0fdb5c2d345 // indirect
	golang.org/x/crypto v0.58.0 // indirect
	golang.org/x/net v0.61.0 // indirect
	golang.org/x/text v0.43.0 // indirect
)

replace fairway => ../..

// zlint names a version between two releases, which cannot be had everywhere; the release before it does as well.
replace github.com/weppos/publicsuffix-go => github.com/weppos/publicsuffix-go v0.50.3
