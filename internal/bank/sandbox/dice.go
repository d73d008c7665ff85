package sandbox

// dice is a small deterministic random source (splitmix64). It is written out here, because the test data must be the
// same with every version of the language's library.
type dice uint64

// seedOf turns names into a seed; ("a", "bc") and ("ab", "c") differ.
func seedOf(names ...string) uint64 {
	hash := uint64(14695981039346656037) // FNV-1a, 64 bit
	for _, name := range names {
		for i := range len(name) {
			hash = (hash ^ uint64(name[i])) * 1099511628211
		}
		hash = (hash ^ 0xff) * 1099511628211
	}
	return mix(hash)
}

// throw gives the dice of the n-th thing of a seed, independent of all others.
func throw(seed uint64, n int64) dice { return dice(mix(seed ^ mix(uint64(n)+0x9e3779b97f4a7c15))) }

func (d *dice) next() uint64 {
	*d += 0x9e3779b97f4a7c15
	return mix(uint64(*d))
}

// between is a number from low to high, both included.
func (d *dice) between(low, high int64) int64 {
	return low + int64(d.next()%uint64(high-low+1))
}

// percent is true p times out of a hundred.
func (d *dice) percent(p int64) bool { return int64(d.next()%100) < p }

// low is a number from low to high of which small ones are likelier, as prices are.
func (d *dice) low(low, high int64) int64 {
	part := d.between(0, 9999)
	return low + (high-low)*(part*part)/(9999*9999)
}

func mix(x uint64) uint64 {
	x = (x ^ x>>30) * 0xbf58476d1ce4e5b9
	x = (x ^ x>>27) * 0x94d049bb133111eb
	return x ^ x>>31
}
