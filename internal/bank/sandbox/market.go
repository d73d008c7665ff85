package sandbox

import (
	"fmt"
	"strings"

	"fairway/internal/bank"
)

// merchant is a shop or service as it shows on a transaction.
type merchant struct {
	mcc        string
	details    string
	acceptorID string
	terminals  [2]string // empty for what is bought without a terminal
	phone      string
	address    *bank.Address
	currency   int
}

// market is every merchant of one brand's world. Each brand has its own.
type market struct {
	merchants []merchant
	first     [len(places)][len(trades)]uint16 // index of a town's first merchant of a trade
}

func newMarket(brand string) *market {
	m := &market{}
	nouns := [len(lands)][]string{}
	for l := range lands {
		nouns[l] = draw(seedOf("nouns", brand, lands[l].code), lands[l].nouns)
	}
	for p := range places {
		for t := range trades {
			m.first[p][t] = uint16(len(m.merchants))
			for branch := range lands[places[p].land].branches {
				m.merchants = append(m.merchants, newMerchant(brand, nouns[places[p].land], p, t, branch))
			}
		}
	}
	return m
}

// draw gives two thirds of the words in an order of their own.
func draw(seed uint64, words []string) []string {
	d := throw(seed, 0)
	drawn := append([]string(nil), words...)
	for i := len(drawn) - 1; i > 0; i-- {
		j := d.between(0, int64(i))
		drawn[i], drawn[j] = drawn[j], drawn[i]
	}
	return drawn[:len(drawn)-len(drawn)/3]
}

func newMerchant(brand string, nouns []string, p, t, branch int) merchant {
	where, kind := places[p], trades[t]
	country := lands[where.land]
	d := throw(seedOf("merchant", brand, where.town), int64(t*8+branch))
	noun := nouns[(p*5+t*3+branch)%len(nouns)]
	name := noun + " " + kind.words[country.language]
	shop := merchant{
		mcc:        kind.mcc,
		details:    strings.ToUpper(name + " " + where.town),
		acceptorID: fmt.Sprintf("%s%09d", country.code, d.between(1, 999_999_999)),
		phone:      fmt.Sprintf("+%s-0000%03d", country.dial, d.between(0, 999)), // no exchange assigns numbers that begin with 0
		currency:   country.currency,
		address: &bank.Address{
			Street:         country.streets[d.between(0, int64(len(country.streets)-1))],
			BuildingNumber: fmt.Sprint(d.between(1, 98)),
			Town:           where.town,
			PostCode:       where.post,
			Country:        country.code,
		},
	}
	if t < firstSubscription {
		first := d.between(10_000_000, 99_999_990)
		shop.terminals = [2]string{fmt.Sprint(first), fmt.Sprint(first + 1)}
	}
	return shop
}

// merchant is the index of a merchant; preferred chooses among the town's branches.
func (m *market) merchant(p, t int, preferred uint64) uint16 {
	branches := uint64(lands[places[p].land].branches)
	return m.first[p][t] + uint16(preferred%branches)
}

// seat is the town from which a subscription is billed.
func seat(t, home int) int {
	if trades[t].seat != 0 {
		return trades[t].seat
	}
	if places[home].land == sweden {
		return stockholm
	}
	return helsinki
}
