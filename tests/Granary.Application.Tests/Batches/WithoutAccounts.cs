namespace Granary.Application.Tests.Batches;

/// <summary>
/// Tests of threads that are stopped: no thread is while a session of another test is open in this process, so they run after all others.
/// </summary>
[CollectionDefinition(nameof(WithoutAccounts), DisableParallelization = true)]
public sealed class WithoutAccounts;
