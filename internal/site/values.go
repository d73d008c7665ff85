package site

import (
	"context"
	"fmt"
	"maps"
	"regexp"
	"strconv"
	"strings"

	"fairway/internal/bank"
	"fairway/internal/catalog"
	"fairway/internal/possession"
	"fairway/internal/quota"
	"fairway/web/templates/ui"
)

const metadataPath = "/.well-known/oauth-authorization-server"

// place is a brand in the sandbox and the addresses under which it is reached.
type place struct {
	Brand                                                     catalog.Brand
	API, APIPath, APIHost, Authorization, Token, Issuer, Bank string
}

func (f *Face) placeOf(b catalog.Brand) place {
	env := string(catalog.Sandbox)
	p := place{Brand: b, API: f.APIURL.URL(env, b.ID), Bank: f.BankURL.URL(env, b.ID)}
	origin := f.APIURL.Origin(env, b.ID)
	p.APIPath, p.APIHost = strings.TrimPrefix(p.API, origin), strings.TrimPrefix(origin, "https://")
	p.Authorization = p.Bank + "/v1/authorizations"
	p.Token = f.AuthURL.String() + "/token"
	p.Issuer = f.AuthURL.String() + "/" + env + "/" + b.ID
	return p
}

// values are what pages say about this deployment, with one brand as the example.
func (f *Face) values(ctx context.Context, p place, limits quota.Limits) (map[string]string, error) {
	own, err := f.Example(ctx)
	if err != nil {
		return nil, err
	}
	values := exampleValues(own)
	customer, cards, err := f.exampleCustomer(ctx, p.Brand.ID)
	if err != nil {
		return nil, err
	}
	created, err := consentAnswer(p.APIPath, p.Issuer+metadataPath)
	if err != nil {
		return nil, err
	}
	listed, err := cardsAnswer(p.APIPath, cards)
	if err != nil {
		return nil, err
	}
	blocked, err := f.blockedCustomer(ctx, p.Brand.ID)
	if err != nil {
		return nil, err
	}
	for _, c := range possession.Commands(possession.Files{}) {
		switch c.ID {
		case "openssl":
			values["POP_SIGN"] = c.Text
		case "encode":
			values["POP_ENCODE"] = c.Text
		case "check":
			values["POP_CHECK"] = c.Text
		}
	}
	maps.Copy(values, map[string]string{
		"LIVE_COUNTRY": f.LiveCountry, "SUPPORT_EMAIL": f.SupportEmail,
		"LIVE_TIME": f.liveTime(), "LIVE_DECIDES": f.liveDecides(), "LIVE_PROMISE": f.livePromise(),
		"PORTAL_URL": f.BaseURL.String(), "BRAND": p.Brand.Name, "BRAND_ID": p.Brand.ID,
		"API_URL": p.API, "API_PATH": p.APIPath, "API_HOST": p.APIHost, "AUTHORIZATION_URL": p.Authorization,
		"TOKEN_URL": p.Token, "TOKEN_PATH": f.AuthURL.Path() + "/token", "TOKEN_HOST": f.AuthURL.Host(),
		"ISSUER": p.Issuer, "METADATA_URL": p.Issuer + metadataPath,
		"METADATA_URL_2": f.AuthURL.Origin("", "") + metadataPath + strings.TrimPrefix(p.Issuer, f.AuthURL.Origin("", "")),
		"PER_SECOND":     ui.Thousands(limits.PerSecond), "PER_DAY": ui.Thousands(limits.PerDay), "CONSENT_DAYS": strconv.Itoa(f.ConsentDays),
		"RATE_LIMIT_POLICY": limits.Policy(), "RATE_LIMIT": exampleDecision(limits).Header(), "DAY_LIMIT_LEFT": ui.Thousands(exampleDecision(limits).LeftInDay),
		"SANDBOX_MONTHS": strconv.Itoa(catalog.SandboxMonths), "OVERLAP_MONTHS": strconv.Itoa(catalog.OverlapMonths), "FEED_URL": f.BaseURL.String() + feedPath,
		"PER_DAY_PLAIN": strconv.Itoa(limits.PerDay), "PSU_ID": customer.ID, "BLOCKED_ID": blocked,
		"BANK_URL": p.Bank, "EXAMPLE_CONSENT": exampleConsentID, "CONSENT_ANSWER": created, "CARDS_ANSWER": listed,
	})
	return values, nil
}

// liveTime is how long a decision about Live takes, in the middle of a sentence.
func (f *Face) liveTime() string {
	if f.Automatic {
		return "within minutes, where every check passes"
	}
	return "within three working days"
}

// liveDecides is what follows the automatic checks.
func (f *Face) liveDecides() string {
	if f.Automatic {
		return "the automatic checks run and decide, where all of them pass; otherwise a person decides"
	}
	return "the automatic checks run, then a person decides"
}

// livePromise begins the chapter about time.
func (f *Face) livePromise() string {
	if f.Automatic {
		return "Where every check passes, you are let in within minutes, at any hour. Otherwise a person decides, in three working days at most."
	}
	return "Three working days at most."
}

// exampleCustomer is the first test customer who has a card.
func (f *Face) exampleCustomer(ctx context.Context, brand string) (bank.Customer, []bank.CardAccount, error) {
	customers, err := f.Bank.Customers(ctx, brand)
	if err != nil {
		return bank.Customer{}, nil, fmt.Errorf("list test customers: %w", err)
	}
	for _, c := range customers {
		cards, err := f.Bank.Cards(ctx, brand, c.ID)
		if err != nil {
			return bank.Customer{}, nil, fmt.Errorf("list cards: %w", err)
		}
		if len(cards) > 0 && !c.Blocked {
			return c, cards, nil
		}
	}
	return bank.Customer{}, nil, fmt.Errorf("the bank %s has no test customer with a card", brand)
}

// blockedCustomer is the test customer for SERVICE_BLOCKED.
func (f *Face) blockedCustomer(ctx context.Context, brand string) (string, error) {
	customers, err := f.Bank.Customers(ctx, brand)
	if err != nil {
		return "", fmt.Errorf("list test customers: %w", err)
	}
	for _, c := range customers {
		if c.Blocked {
			return c.ID, nil
		}
	}
	return "", fmt.Errorf("the bank %s has no blocked test customer", brand)
}

var placeholder = regexp.MustCompile(`\{\{([A-Z][A-Z0-9_]*)\}\}`)

// filled puts values into a page. A placeholder without a value is an error.
func filled(source string, values map[string]string) (string, error) {
	missing := ""
	out := placeholder.ReplaceAllStringFunc(source, func(m string) string {
		value, ok := values[strings.Trim(m, "{}")]
		if !ok {
			missing = m
		}
		return value
	})
	if missing != "" {
		return "", fmt.Errorf("page asks for the value %s, which does not exist", missing)
	}
	return out, nil
}
