// The mediasoup worker is written for libsrtp 3; Debian and Ubuntu ship libsrtp 2. This header takes the place of libsrtp 3's <srtp.h> and puts its
// interface on top of the system's library. Version 2 calls a plain struct `srtp_policy_t`, version 3 an opaque pointer, so that one name is moved
// out of the way; every function is then a C++ overload beside the C function it wraps, told apart by its arguments.
#pragma once

#define srtp_policy_t libsrtp2_policy
#include <srtp2/srtp.h>
#undef srtp_policy_t

#include <array>
#include <climits>
#include <cstddef>
#include <cstdint>
#include <cstring>
#include <new>

// Codes that version 2 does not know. The worker has them in its table of messages, so they need values of their own; version 2 ends at 27 and an
// enumeration of that size may hold values up to 31.
inline constexpr auto srtp_err_status_buffer_small = static_cast<srtp_err_status_t>(28);
inline constexpr auto srtp_err_status_cryptex_err  = static_cast<srtp_err_status_t>(29);

namespace libsrtp3
{
	/** A policy together with the key that it points to. */
	struct Policy
	{
		libsrtp2_policy settings{};
		std::array<uint8_t, SRTP_MAX_KEY_LEN> masterKeyAndSalt{};
	};

	/** Version 2 works in place: move the packet to the output, let `transform` change it there, report the length it ended with. */
	template<typename Transform>
	srtp_err_status_t inPlace(
	  const uint8_t* input, size_t inputLen, uint8_t* output, size_t* outputLen, size_t growth, Transform transform)
	{
		if (inputLen > INT_MAX - growth || *outputLen < inputLen + growth)
		{
			return srtp_err_status_buffer_small;
		}

		if (output != input)
		{
			std::memmove(output, input, inputLen);
		}

		int length        = static_cast<int>(inputLen);
		const auto status = transform(static_cast<void*>(output), &length);

		if (status == srtp_err_status_ok)
		{
			*outputLen = static_cast<size_t>(length);
		}

		return status;
	}

	// An SRTCP packet also carries its index, four bytes more than the trailer of an SRTP packet.
	inline constexpr size_t RtpGrowth  = SRTP_MAX_TRAILER_LEN;
	inline constexpr size_t RtcpGrowth = SRTP_MAX_TRAILER_LEN + sizeof(uint32_t);
} // namespace libsrtp3

using srtp_policy_t = libsrtp3::Policy*;

inline srtp_err_status_t srtp_policy_create(srtp_policy_t* policy)
{
	*policy = new (std::nothrow) libsrtp3::Policy;

	return *policy ? srtp_err_status_ok : srtp_err_status_alloc_fail;
}

inline void srtp_policy_destroy(srtp_policy_t policy)
{
	if (!policy)
	{
		return;
	}

	// Through a volatile pointer, so that the compiler does not drop the wiping of memory that is about to be freed.
	volatile uint8_t* key = policy->masterKeyAndSalt.data();

	for (size_t i = 0; i < policy->masterKeyAndSalt.size(); ++i)
	{
		key[i] = 0;
	}

	delete policy;
}

inline srtp_err_status_t srtp_policy_set_ssrc(srtp_policy_t policy, srtp_ssrc_t ssrc)
{
	policy->settings.ssrc = ssrc;

	return srtp_err_status_ok;
}

inline srtp_err_status_t srtp_policy_set_profile(srtp_policy_t policy, srtp_profile_t profile)
{
	const auto status = srtp_crypto_policy_set_from_profile_for_rtp(&policy->settings.rtp, profile);

	if (status != srtp_err_status_ok)
	{
		return status;
	}

	return srtp_crypto_policy_set_from_profile_for_rtcp(&policy->settings.rtcp, profile);
}

inline srtp_err_status_t srtp_policy_add_key(
  srtp_policy_t policy,
  const uint8_t* key,
  size_t keyLen,
  const uint8_t* salt,
  size_t saltLen,
  const uint8_t* /*mki*/,
  size_t mkiLen)
{
	auto& room = policy->masterKeyAndSalt;

	// The worker never uses master key identifiers; one would need version 2's other set of functions.
	if (mkiLen != 0 || keyLen + saltLen > room.size())
	{
		return srtp_err_status_bad_param;
	}

	std::memcpy(room.data(), key, keyLen);
	std::memcpy(room.data() + keyLen, salt, saltLen);
	policy->settings.key = room.data();

	return srtp_err_status_ok;
}

inline srtp_err_status_t srtp_policy_set_allow_repeat_tx(srtp_policy_t policy, bool allowed)
{
	policy->settings.allow_repeat_tx = allowed ? 1 : 0;

	return srtp_err_status_ok;
}

inline srtp_err_status_t srtp_policy_set_window_size(srtp_policy_t policy, size_t packets)
{
	policy->settings.window_size = packets;

	return srtp_err_status_ok;
}

inline srtp_err_status_t srtp_create(srtp_t* session, srtp_policy_t policy)
{
	return srtp_create(session, static_cast<const libsrtp2_policy*>(&policy->settings));
}

inline srtp_err_status_t srtp_stream_remove(srtp_t session, uint32_t ssrc)
{
	return srtp_remove_stream(session, ssrc);
}

inline srtp_err_status_t srtp_protect(
  srtp_t session, const uint8_t* rtp, size_t rtpLen, uint8_t* srtp, size_t* srtpLen, size_t /*mkiIndex*/)
{
	return libsrtp3::inPlace(
	  rtp, rtpLen, srtp, srtpLen, libsrtp3::RtpGrowth, [=](void* data, int* len) { return srtp_protect(session, data, len); });
}

inline srtp_err_status_t srtp_unprotect(
  srtp_t session, const uint8_t* srtp, size_t srtpLen, uint8_t* rtp, size_t* rtpLen)
{
	return libsrtp3::inPlace(
	  srtp, srtpLen, rtp, rtpLen, 0, [=](void* data, int* len) { return srtp_unprotect(session, data, len); });
}

inline srtp_err_status_t srtp_protect_rtcp(
  srtp_t session, const uint8_t* rtcp, size_t rtcpLen, uint8_t* srtcp, size_t* srtcpLen, size_t /*mkiIndex*/)
{
	return libsrtp3::inPlace(
	  rtcp, rtcpLen, srtcp, srtcpLen, libsrtp3::RtcpGrowth, [=](void* data, int* len) { return srtp_protect_rtcp(session, data, len); });
}

inline srtp_err_status_t srtp_unprotect_rtcp(
  srtp_t session, const uint8_t* srtcp, size_t srtcpLen, uint8_t* rtcp, size_t* rtcpLen)
{
	return libsrtp3::inPlace(
	  srtcp, srtcpLen, rtcp, rtcpLen, 0, [=](void* data, int* len) { return srtp_unprotect_rtcp(session, data, len); });
}
