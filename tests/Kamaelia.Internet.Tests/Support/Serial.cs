// Licensed under the Apache License, Version 2.0. See LICENSE.

// Some tests count the descriptors of the process, and some how long something takes.
[assembly: CollectionBehavior(DisableTestParallelization = true)]
