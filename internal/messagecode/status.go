package messagecode

// plainStatuses are answered without a code: the standard has none for them (NextGenPSD2 §14.11).
var plainStatuses = []Record{
	{
		Code: "408", HTTP: []int{408}, Standard: true,
		Title: "The request took too long to arrive",
		What:  "The headers or the body did not arrive within the time that the server waits.",
		Causes: []string{
			"The connection is slow or was interrupted.",
			"Content-Length announces more bytes than are sent.",
		},
		Fixes: []string{
			"Send the request again. A POST with the same X-Request-ID and the same body is not carried out twice.",
			"Let the client compute Content-Length from the bytes that it sends.",
		},
	},
	{
		Code: "413", HTTP: []int{413}, Standard: true,
		Title: "The body is too large",
		What:  "A body has at most 64 kB. No request of this interface needs more.",
		Try:   "Send a body of more than 64 kB.",
		Causes: []string{
			"The wrong file was sent as the body.",
		},
		Fixes: []string{
			"Send the JSON of the operation alone: `curl --data-binary @body.json`.",
		},
		See: []string{seeFlow},
	},
	{
		Code: "415", HTTP: []int{415}, Standard: true,
		Title: "The body’s type is not accepted",
		What:  "The bank APIs take JSON, uncompressed.",
		Try:   "Send a new consent with Content-Type: text/plain.",
		Causes: []string{
			"Content-Type is missing or names another type. curl sends form data unless it is told otherwise.",
			"The body is compressed (Content-Encoding).",
		},
		Fixes: []string{
			"Send Content-Type: application/json.",
			"Send the body as it is: Digest is over the bytes as sent.",
		},
		See: []string{seeFlow},
	},
	{
		Code: "500", HTTP: []int{500}, Standard: true,
		Title: "Something failed on our side",
		What:  "Your request was not refused; it could not be worked on. The log on our side has the cause.",
		Causes: []string{
			"An error of ours.",
		},
		Fixes: []string{
			"Try again in a minute. If it stays, write to support with the X-Request-ID of the call.",
		},
	},
	{
		Code: "503", HTTP: []int{503}, Standard: true,
		Title: "Not available at the moment",
		What:  "The server or the bank behind it cannot answer now.",
		Causes: []string{
			"A restart, maintenance, or a short interruption of the bank.",
			"The server is busy.",
		},
		Fixes: []string{
			"Try again after the seconds in Retry-After, or in a minute.",
			"Wait a little longer after each failed try.",
		},
	},
}
