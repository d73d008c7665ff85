package xs2a

import (
	"encoding/base64"
	"encoding/json"
	"net/url"
	"strings"
	"time"

	"fairway/internal/bank"
	"fairway/internal/fault"
	"fairway/internal/secret"
)

// pages writes and reads the links from page to page. A link is sealed for its consent and account: what it carries is not
// counted as a read of its own, so that nobody but us may make one.
type pages struct{ ring *secret.Ring }

// fetch is one reading of an account's transactions, from its first page to its last.
type fetch struct {
	consent, account string
	begun            time.Time
}

// asked is the query of one page and the fetch that it belongs to.
type asked struct {
	bank.Query
	fetch
	// continued says that the page belongs to a read that was counted.
	continued bool
}

// fetchLife is how long the further pages of a fetch belong to it; what is read later is a read of its own.
const fetchLife = time.Hour

// read reads dateFrom, dateTo and bookingStatus, or a page that one of our links led to.
func (p pages) read(raw string, of fetch) (asked, error) {
	values, err := url.ParseQuery(raw)
	if err != nil {
		return asked{}, formatError("query", "The query cannot be read. Write it as name=value&name=value, with special characters percent-encoded.")
	}
	for name, given := range values {
		switch name {
		case "dateFrom", "dateTo", "bookingStatus", "page":
			if len(given) > 1 {
				return asked{}, formatError(name, name+" occurs twice. Send it once.")
			}
		case "deltaList", "entryReferenceFrom", "withBalance":
			return asked{}, fault.New(fault.Invalid, "PARAMETER_NOT_SUPPORTED",
				name+" is not supported for card accounts. Ask by dateFrom, dateTo and bookingStatus.").At(name)
		default:
			return asked{}, formatError("query", "This operation has no such query parameter. It takes dateFrom, dateTo and bookingStatus.")
		}
	}
	if values.Has("page") {
		if len(values) > 1 {
			return asked{}, fault.New(fault.Invalid, "PARAMETER_NOT_CONSISTENT",
				"page carries the dates and the status of the first request. Follow the link as it is, without further parameters.").At("page")
		}
		return p.readLink(values.Get("page"), of)
	}
	q, err := firstQuery(values, of.begun)
	return asked{Query: q, fetch: of}, err
}

func firstQuery(values url.Values, now time.Time) (bank.Query, error) {
	q := bank.Query{Period: bank.Period{From: values.Get("dateFrom"), To: values.Get("dateTo")}, Status: values.Get("bookingStatus")}
	switch q.Status {
	case "":
		return q, formatError("bookingStatus", "bookingStatus is missing. Send booked, pending or both.")
	case "information", "all":
		return q, fault.New(fault.Invalid, "PARAMETER_NOT_SUPPORTED", "bookingStatus "+q.Status+" does not exist for card accounts. Send booked, pending or both.").At("bookingStatus")
	}
	if q.From == "" {
		return q, formatError("dateFrom", "dateFrom is missing. Send the first day that you want, for example dateFrom="+now.AddDate(0, -3, 0).Format(time.DateOnly)+".")
	}
	if q.To == "" {
		q.To = now.AddDate(0, 0, 1).Format(time.DateOnly)
	}
	return q, q.Validate()
}

// cursor is what a page link carries: everything, so that no filter is lost on the way.
type cursor struct {
	From   string `json:"f"`
	To     string `json:"t"`
	Status string `json:"s"`
	After  string `json:"a,omitempty"`
	Before string `json:"b,omitempty"`
	// Begun is when the fetch began, in Unix seconds.
	Begun int64 `json:"i"`
}

const maxCursor = 600

func (p pages) readLink(text string, of fetch) (asked, error) {
	var c cursor
	body, seal, _ := strings.Cut(text, ".")
	data, err := base64.RawURLEncoding.DecodeString(body)
	if err != nil || len(text) > maxCursor || !p.ring.CheckMAC(sealPurpose, of.sealed(body), seal) || json.Unmarshal(data, &c) != nil {
		return asked{}, formatError("page", "This is not a page that the bank linked to, for this account under this consent. Start again from the first page.")
	}
	a := asked{Query: bank.Query{Period: bank.Period{From: c.From, To: c.To}, Status: c.Status, After: c.After, Before: c.Before}, fetch: of}
	if begun := time.Unix(c.Begun, 0); (c.After != "" || c.Before != "") && of.begun.Sub(begun) < fetchLife {
		a.begun, a.continued = begun, true
	}
	return a, a.Validate()
}

const sealPurpose = "page link"

// sealed is what the seal of a link covers.
func (f fetch) sealed(body string) string { return f.consent + "|" + f.account + "|" + body }

// links lead to the account, and to further pages where there are any: no next on the last page.
func (p pages) links(self string, q asked, page bank.Page) links {
	l := links{"cardAccount": {self}}
	to := func(name, after, before string) {
		data, err := json.Marshal(cursor{From: q.From, To: q.To, Status: q.Status, After: after, Before: before, Begun: q.begun.Unix()})
		if err == nil {
			body := base64.RawURLEncoding.EncodeToString(data)
			l[name] = link{self + "/transactions?page=" + body + "." + p.ring.MAC(sealPurpose, q.sealed(body))}
		}
	}
	if page.HasPrev {
		to("first", "", "")
		to("previous", "", page.Prev)
	}
	if page.HasNext {
		to("next", page.Next, "")
		to("last", "", bank.CursorEnd)
	}
	return l
}
