package sandbox

// profile is how somebody uses a card.
type profile struct {
	calm, busy    int64   // fewest and most purchases a day
	habits        []habit // where
	trips         int64   // percent of weeks with some days away
	destinations  []int   // places of these days
	neighbour     int     // place across the border, visited in passing
	border        int64   // percent of purchases there
	cash          int64   // percent of days with a withdrawal
	subscriptions []int   // trades billed each month
	monthlyFee    int64   // minor units of the card's currency
	markup        int64   // hundredths of a percent on what is bought in another currency
}

// habit is a trade and how often it is chosen, relative to the others.
type habit struct {
	trade  int
	weight int64
}

var (
	household = &profile{calm: 1, busy: 3, habits: []habit{{grocery, 34}, {kiosk, 10}, {bakery, 7}, {fuelPump, 6}, {restaurant, 9}, {pharmacy, 5},
		{department, 5}, {clothing, 4}, {books, 3}, {hardware, 4}, {flowers, 2}, {hair, 1}, {cinema, 2}, {parking, 6}},
		trips: 12, destinations: []int{stockholm, tallinn, tampere, turku, oulu, copenhagen}, cash: 3,
		subscriptions: []int{streaming, phone, newspaper}, monthlyFee: 290, markup: 195}

	leisure = &profile{calm: 0, busy: 2, habits: []habit{{restaurant, 20}, {fastFood, 14}, {transit, 16}, {taxi, 7}, {clothing, 6}, {electronics, 3},
		{sports, 4}, {cinema, 6}, {kiosk, 10}, {sights, 3}, {hair, 2}, {books, 4}},
		trips: 18, destinations: []int{stockholm, oslo, berlin, london, newYork, tokyo, copenhagen}, cash: 4,
		subscriptions: []int{music, gym, cloud}, markup: 195}

	frugal = &profile{calm: 0, busy: 2, habits: []habit{{grocery, 40}, {transit, 25}, {kiosk, 10}, {pharmacy, 6}, {books, 5}, {fastFood, 8}},
		trips: 6, destinations: []int{tallinn, turku, stockholm}, cash: 2, subscriptions: []int{phone, streaming}, markup: 195}

	// recurring is what goes on when a card can no longer be used at a till.
	recurring = &profile{subscriptions: []int{streaming, music, phone, gym, insurance, cloud}, monthlyFee: 290, markup: 195}

	borderTown = &profile{calm: 1, busy: 4, habits: []habit{{grocery, 30}, {fuelPump, 10}, {hardware, 7}, {restaurant, 9}, {department, 6}, {clothing, 5},
		{pharmacy, 5}, {kiosk, 8}, {sports, 5}, {bakery, 6}},
		trips: 25, destinations: []int{oulu, oslo, tromso, copenhagen, helsinki, tallinn, london, tokyo}, neighbour: tornio, border: 45,
		cash: 3, subscriptions: []int{phone, streaming, cloud}, monthlyFee: 29_00, markup: 175}

	untouched = &profile{}

	// rounds is a card that couriers hand to each other: 13 purchases on the calmest day are more than 5,000 in 13 months.
	rounds = &profile{calm: 13, busy: 19, habits: []habit{{kiosk, 30}, {parking, 40}, {transit, 18}, {fastFood, 12}, {bakery, 12}, {fuelPump, 3}, {grocery, 4}},
		trips: 4, destinations: []int{tampere, turku, stockholm}, cash: 6,
		subscriptions: []int{phone, music, streaming}, monthlyFee: 490, markup: 150}

	travel = &profile{calm: 0, busy: 2, habits: []habit{{hotel, 9}, {rail, 14}, {taxi, 18}, {restaurant, 22}, {airline, 4}, {parking, 14}, {fastFood, 8}},
		trips: 45, destinations: []int{stockholm, oslo, copenhagen, berlin, london, newYork, tallinn, goteborg}, cash: 1,
		subscriptions: []int{insurance}, monthlyFee: 900, markup: 150}

	vehicle = &profile{calm: 0, busy: 2, habits: []habit{{fuel, 24}, {fuelPump, 34}, {parking, 30}, {hardware, 4}, {kiosk, 8}},
		trips: 10, destinations: []int{umea, haparanda, oulu, turku}, monthlyFee: 490, markup: 150}

	office = &profile{calm: 0, busy: 1, habits: []habit{{stationery, 20}, {courier, 16}, {electronics, 3}, {books, 4}, {grocery, 10}, {flowers, 2}},
		subscriptions: []int{software, cloud, phone, newspaper}, monthlyFee: 490, markup: 150}
)
