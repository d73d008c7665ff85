package sandbox

// Salts of what a card's seed decides beside the purchases of a day.
const (
	saltLag uint64 = 0x1a90 << (iota * 8)
	saltTrip
	saltSubscription
	saltReturn
)

const longestReturn = 12 // days from a purchase to its refund

// appendDay adds everything that begins on one day: purchases (with the refunds that will follow), a withdrawal,
// subscriptions and the monthly fee. It depends on the card and the day alone.
func (c *card) appendDay(entries []entry, on day) []entry {
	p := c.profile
	d := throw(c.seed, int64(on))
	where := c.whereabouts(on)
	for seq := range d.between(p.calm, p.busy) {
		entries = c.appendPurchase(entries, &d, on, where, uint16(seq))
	}
	if d.percent(p.cash) {
		entries = c.appendWithdrawal(entries, &d, on, where)
	}

	m, dayOfMonth := on.monthAndDay()
	for i, t := range p.subscriptions {
		if billed, e := c.subscribed(t, on, dayOfMonth); billed {
			e.seq = uint16(i)
			entries = append(entries, e)
		}
	}
	if p.monthlyFee > 0 && dayOfMonth == 1 {
		entries = append(entries, entry{kind: monthlyFee, at: on.start(), on: on, book: on, invoice: m, owed: p.monthlyFee})
	}
	return entries
}

// booked is when the merchants' file of a day is booked: one or two days later. It never goes back from one day to the
// next, so the order by booking day agrees with the order of purchases.
func (c *card) booked(on day) day {
	d := throw(c.seed^saltLag, int64(on))
	if d.percent(35) {
		return on + 1
	}
	return on + 2
}

// whereabouts is the place where the cardholder is that day. Journeys begin and end within a week.
func (c *card) whereabouts(on day) int {
	d := throw(c.seed^saltTrip, on.week())
	if len(c.profile.destinations) == 0 || !d.percent(c.profile.trips) {
		return c.home
	}
	first := d.between(0, 4)
	last := first + d.between(1, 3)
	if on.weekday() < first || on.weekday() > last {
		return c.home
	}
	return c.profile.destinations[d.between(0, int64(len(c.profile.destinations)-1))]
}

func (c *card) appendPurchase(entries []entry, d *dice, on day, where int, seq uint16) []entry {
	if where == c.home && d.percent(c.profile.border) {
		where = c.profile.neighbour
	}
	t := c.choose(d)
	branch := c.seed >> (t % 32) // most people have their own shop
	if d.percent(20) {
		branch++
	}
	country := lands[places[where].land]
	e := entry{kind: purchase, seq: seq, on: on, book: c.booked(on), merchant: c.market().merchant(where, t, branch)}
	e.at = on.start() + d.between(country.open*3600, country.shut*3600-1)
	c.charge(&e, price(d.low(trades[t].min, trades[t].max), country.currency, trades[t].ending))
	entries = append(entries, e)

	back := throw(c.seed^saltReturn, int64(on)*1000+int64(seq))
	if trades[t].returns && back.percent(8) {
		entries = append(entries, c.refundOf(e, &back))
	}
	return entries
}

// refundOf takes a purchase back in full, at the purchase's rate and with its markup.
func (c *card) refundOf(e entry, d *dice) entry {
	delay := d.between(3, longestReturn)
	e.kind, e.delay = refund, uint8(delay)
	e.on += day(delay)
	e.at += delay * secondsPerDay
	e.book = c.booked(e.on)
	e.owed, e.original, e.markup = -e.owed, -e.original, -e.markup
	e.invoice, _ = e.book.monthAndDay()
	return e
}

func (c *card) appendWithdrawal(entries []entry, d *dice, on day, where int) []entry {
	country := lands[places[where].land]
	e := entry{kind: withdrawal, on: on, book: c.booked(on), merchant: c.market().merchant(where, cashMachine, d.next())}
	e.at = on.start() + d.between(country.open*3600, country.shut*3600-1)
	c.charge(&e, currencies[country.currency].note*d.between(1, 8))

	fee := entry{kind: withdrawalFee, at: e.at, on: on, book: e.book, invoice: e.invoice}
	fee.owed = convert(2_00, eur, c.currency) + markup(e.owed, 100) // 2 EUR and 1 %
	return append(entries, e, fee)
}

// subscribed is the month's bill of a subscription, if the day is its day. Day, price and moment stay the same.
func (c *card) subscribed(t int, on day, dayOfMonth int) (bool, entry) {
	d := throw(c.seed^saltSubscription, int64(t))
	if dayOfMonth != int(d.between(1, 28)) {
		return false, entry{}
	}
	shop := c.market().merchant(seat(t, c.home), t, d.next())
	e := entry{kind: subscription, on: on, book: c.booked(on), merchant: shop}
	e.at = on.start() + d.between(2*3600, 5*3600)
	in := c.market().merchants[shop].currency
	c.charge(&e, price(d.between(trades[t].min, trades[t].max), in, trades[t].ending))
	return true, e
}

// charge bills a price in the merchant's currency to the account.
func (c *card) charge(e *entry, original int64) {
	in := c.market().merchants[e.merchant].currency
	e.original = original
	e.owed = convert(original, in, c.currency)
	if in != c.currency {
		e.markup = markup(e.owed, c.profile.markup)
		e.owed += e.markup
	}
	e.invoice, _ = e.book.monthAndDay()
}

func (c *card) choose(d *dice) int {
	all := int64(0)
	for _, h := range c.profile.habits {
		all += h.weight
	}
	mark := d.between(0, all-1)
	for _, h := range c.profile.habits {
		if mark < h.weight {
			return h.trade
		}
		mark -= h.weight
	}
	return c.profile.habits[0].trade
}
