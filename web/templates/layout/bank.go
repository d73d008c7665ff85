package layout

func bankEnvironment(p BankPage) string {
	if p.Sandbox {
		return "sandbox"
	}
	return "live"
}

// initial is the letter on a bank's mark.
func initial(name string) string {
	for _, r := range name {
		return string(r)
	}
	return ""
}
