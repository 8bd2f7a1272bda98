#pragma once

namespace hobnob {

/// Takes the place of standard streams that the caller has closed, before anything else is opened:
/// else a database or a key file could become "standard output", and be written to. Reading or
/// writing a stream that was closed fails as before (EBADF).
void hold_standard_descriptors();

}  // namespace hobnob
