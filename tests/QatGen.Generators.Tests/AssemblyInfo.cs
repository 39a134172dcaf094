// torch's random numbers, which dropout draws, are global to the process.
[assembly: CollectionBehavior(DisableTestParallelization = true)]
