// torch's random numbers and number of threads are global to the process.
[assembly: CollectionBehavior(DisableTestParallelization = true)]
