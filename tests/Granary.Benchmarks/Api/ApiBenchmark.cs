using System.Globalization;

namespace Granary.Benchmarks.Api;

/// <summary>
/// Load and faults of <c>granary serve</c>: clients that submit and read while a batch runs, slow connections and event streams, and
/// hostile bodies. Build Granary.Cli first.
/// </summary>
internal static class ApiBenchmark
{
    /// <param name="arguments">Seconds of load (120).</param>
    /// <returns>1 where a limit is missed.</returns>
    public static async Task<int> RunAsync(string[] arguments)
    {
        var seconds = arguments.Length > 0 ? int.Parse(arguments[0], CultureInfo.InvariantCulture) : 120;
        Console.WriteLine($"load of the machine before: {Load()} on {Environment.ProcessorCount} cores");
        var limits = new LimitChecks();
        await using (var server = await ServerProcess.StartAsync())
        {
            await new ClientLoad(server, limits).RunAsync(TimeSpan.FromSeconds(seconds));
            await new SlowConnections(server, limits).RunAsync();
            await new HostileBodies(server, limits).RunAsync();
        }
        Console.WriteLine($"load of the machine after: {Load()}");
        return limits.Missed == 0 ? 0 : 1;
    }

    private static string Load() => File.ReadAllText("/proc/loadavg").Split(' ')[0];
}
