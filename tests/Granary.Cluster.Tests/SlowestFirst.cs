using Xunit.v3;

// The tests wait for silos more than they compute, so more of them run at a time than there are processors.
[assembly: CollectionBehavior(MaxParallelThreads = 4)]
[assembly: TestCollectionOrderer(typeof(Granary.Cluster.Tests.SlowestFirst))]

namespace Granary.Cluster.Tests;

/// <summary>
/// Begins with the classes that start processes, and with those that share silos, so that no long one is left alone at the end.
/// </summary>
public sealed class SlowestFirst : ITestCollectionOrderer
{
    private static readonly string[] s_folders = ["Silos", "Fixtures", "Live", "Batches", "Streams", "Storage", "Models"];

    public IReadOnlyCollection<TTestCollection> OrderTestCollections<TTestCollection>(
        IReadOnlyCollection<TTestCollection> testCollections) where TTestCollection : Xunit.Sdk.ITestCollection =>
        [.. testCollections.OrderBy(PlaceOf).ThenBy(c => c.TestCollectionDisplayName, StringComparer.Ordinal)];

    private static int PlaceOf<TTestCollection>(TTestCollection collection) where TTestCollection : Xunit.Sdk.ITestCollection =>
        Array.FindIndex(s_folders, f => collection.TestCollectionDisplayName.Contains($".Tests.{f}.", StringComparison.Ordinal))
            is >= 0 and var place ? place : s_folders.Length;
}
