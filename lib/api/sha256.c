#include "api/message.h"

#include <openssl/sha.h>

void hj_sha256_hex(hj_slice bytes, char out[64])
{
	static const char digits[] = "0123456789abcdef";
	unsigned char sum[SHA256_DIGEST_LENGTH];
	SHA256((const unsigned char *)(bytes.size ? bytes.data : ""), bytes.size, sum);
	for (size_t i = 0; i < sizeof sum; i++) {
		out[2 * i] = digits[sum[i] >> 4];
		out[2 * i + 1] = digits[sum[i] & 15];
	}
}
