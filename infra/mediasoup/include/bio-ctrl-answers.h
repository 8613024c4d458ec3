// The mediasoup worker watches what OpenSSL writes to the network through a BIO callback, and that callback answers 1 to whatever it is not interested in.
// For BIO_ctrl() the callback's answer replaces the real one. An OpenSSL built with kernel TLS, as distributions build it, asks this way whether the
// kernel encrypts; 1 means yes, so it prepares no write buffer of its own and the first handshake ends in a crash. Here BIO_ctrl() keeps its own answer.
// Included before every source file; the worker's own OpenSSL has no kernel TLS and does not need it.
#pragma once

#include <openssl/bio.h>

namespace visavis
{
	/** The callback that the worker installed: it only ever installs one. */
	inline BIO_callback_fn_ex workerBioCallback{ nullptr };

	inline long keepCtrlAnswer(
	  BIO* bio, int operation, const char* data, size_t len, int argi, long argl, int result, size_t* processed)
	{
		if (operation == (BIO_CB_RETURN | BIO_CB_CTRL))
		{
			return result;
		}

		return workerBioCallback(bio, operation, data, len, argi, argl, result, processed);
	}

	inline void setBioCallback(BIO* bio, BIO_callback_fn_ex callback)
	{
		workerBioCallback = callback;
		BIO_set_callback_ex(bio, keepCtrlAnswer);
	}
} // namespace visavis

#define BIO_set_callback_ex(bio, callback) visavis::setBioCallback((bio), (callback))
