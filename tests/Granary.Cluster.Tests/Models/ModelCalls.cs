using System.Collections.Concurrent;
using Granary.Cluster.Models;
using Orleans;

namespace Granary.Cluster.Tests.Models;

/// <summary>Counts the calls of models' grains by method.</summary>
internal sealed class ModelCalls : IIncomingGrainCallFilter
{
    private readonly ConcurrentDictionary<string, int> _counts = new(StringComparer.Ordinal);

    /// <summary>Calls that are no reports.</summary>
    public IReadOnlyList<string> Made => [.. _counts.Where(c => c.Key != "ReportAsync").Select(c => $"{c.Key} {c.Value}")
        .Order(StringComparer.Ordinal)];

    public Task Invoke(IIncomingGrainCallContext context)
    {
        if (context.InterfaceMethod.DeclaringType == typeof(IModelGrain))
            _counts.AddOrUpdate(context.MethodName, 1, (_, n) => n + 1);
        return context.Invoke();
    }
}
