using Granary.Simulated.Kernel;

namespace Granary.Simulated;

/// <summary>How a run of a seed ended.</summary>
/// <param name="Hash">Of its trace.</param>
/// <param name="Failure">The demand that was not met, or the exception; null when all were.</param>
/// <param name="Faults">The faults that happened in it.</param>
internal sealed record SeedRun(string Hash, string? Failure, IReadOnlyList<(string Name, int Number)> Faults)
{
    // Runs of a search for fewer faults.
    private const int MostRuns = 200;

    public static SeedRun Of(IScenario scenario, ulong seed, TextWriter? output, IReadOnlySet<(string, int)>? allowed = null)
    {
        scenario.Prepare();
        var trace = new Trace(output);
        var world = new World(seed, trace, allowed);
        string? failure = null;
        try
        {
            world.Run(() => scenario.RunAsync(world), scenario.Limit);
        }
        catch (OracleException e)
        {
            failure = e.Message;
        }
        catch (Exception e)
        {
            failure = $"exception: {e}";
        }
        if (failure is not null) world.Say("", failure.Split('\n')[0]);
        return new SeedRun(trace.Hash, failure, world.Faults.Happened);
    }

    /// <summary>The fewest faults with which a seed still fails, as far as a search finds them.</summary>
    /// <remarks>ddmin of Zeller and Hildebrandt (2002).</remarks>
    public static string Shortened(IScenario scenario, ulong seed, SeedRun failed)
    {
        var (left, parts, runs) = (failed.Faults.ToList(), 2, 0);
        while (left.Count > 0 && runs < MostRuns)
        {
            var size = Math.Max(1, (left.Count + parts - 1) / parts);
            var isShorter = false;
            for (var start = 0; start < left.Count && runs < MostRuns; start += size)
            {
                var fewer = left.Where((_, i) => i < start || i >= start + size).ToHashSet();
                runs++;
                if (Of(scenario, seed, null, fewer).Failure is null) continue;
                left = [.. left.Where(fewer.Contains)];
                parts = Math.Max(2, parts - 1);
                isShorter = true;
                break;
            }
            if (isShorter) continue;
            if (size == 1) break;
            parts = Math.Min(left.Count, parts * 2);
        }
        return left.Count == 0
            ? $"it also fails without any of its {failed.Faults.Count} faults"
            : $"of {failed.Faults.Count} faults these suffice: {string.Join(", ", left.Select(f => $"{f.Name} {f.Number}"))}";
    }
}
