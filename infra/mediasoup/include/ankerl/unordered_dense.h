// The mediasoup worker uses three class templates of the unordered_dense library, which Debian 12 does not package, and only through the interface
// that they share with the standard library. The standard containers are slower for large maps; the worker's maps hold dozens of entries.
#pragma once

#include <functional>
#include <unordered_map>
#include <unordered_set>

namespace ankerl::unordered_dense
{
	template<typename Value>
	using hash = std::hash<Value>;

	template<typename Key, typename Value, typename Hash = hash<Key>, typename Equal = std::equal_to<Key>>
	using map = std::unordered_map<Key, Value, Hash, Equal>;

	template<typename Value, typename Hash = hash<Value>, typename Equal = std::equal_to<Value>>
	using set = std::unordered_set<Value, Hash, Equal>;
} // namespace ankerl::unordered_dense
