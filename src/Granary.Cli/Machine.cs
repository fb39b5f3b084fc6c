using System.Globalization;
using System.Runtime.InteropServices;
using System.Runtime.Intrinsics;
using Confluent.Kafka;
using Granary.Parquet.Reading;
using Granary.Server.Operations;
using Granary.Simulation.Catalogues;

namespace Granary.Cli;

/// <summary>A check of <c>granary doctor</c>.</summary>
/// <param name="Result">"ok", "missing" for an optional part, "warning" or "fault".</param>
internal sealed record MachineCheck(string What, string Result, string Found)
{
    public bool IsFault => Result == "fault";
}

/// <summary>Checks of this machine: installed programs and writable folders.</summary>
internal static class Machine
{
    public static async Task<IReadOnlyList<MachineCheck>> CheckAsync(GranaryCatalogues known, CancellationToken cancellationToken) =>
    [
        Found("Granary",
            $"{ProgramVersion.Text}, "
                + Text($"{known.Strategies.All.Count} strategies, {known.Factors.All.Count} factors")),
        Found(".NET", $"{RuntimeInformation.FrameworkDescription} on {RuntimeInformation.RuntimeIdentifier}",
            Environment.Version.Major >= 10),
        Found("Processors",
            Text($"{Environment.ProcessorCount}, {(Vector256.IsHardwareAccelerated ? "with" : "without")} 256-bit vectors")),
        Found("Memory", Text($"{GC.GetGCMemoryInfo().TotalAvailableMemoryBytes >> 20:N0} MiB")),
        TimeZones(),
        Writable("Working folder", Environment.CurrentDirectory),
        Writable("Temporary folder", Path.GetTempPath()),
        Kafka(),
        Parquet(),
        await OpenPorts.CheckAsync(OpenPorts.Expected(Environment.GetEnvironmentVariable), TimeSpan.FromSeconds(5), cancellationToken),
        Trainers(known),
    ];

    private static MachineCheck Found(string what, string found, bool good = true) => new(what, good ? "ok" : "fault", found);

    private static MachineCheck TimeZones() => TimeZoneInfo.TryFindSystemTimeZoneById("America/New_York", out var zone)
        ? Found("Time zones", zone.Id)
        : Found("Time zones", "America/New_York is unknown, so session hours cannot be computed. Install the package tzdata.", good: false);

    private static MachineCheck Writable(string what, string folder)
    {
        var file = Path.Combine(folder, ".granary-doctor-" + Path.GetRandomFileName());
        try
        {
            File.WriteAllText(file, "");
            File.Delete(file);
            return Found(what, Text($"{folder}, {new DriveInfo(folder).AvailableFreeSpace >> 30:N0} GiB free"));
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            return Found(what, $"{folder} cannot be written: {e.Message}", good: false);
        }
    }

    private static MachineCheck Kafka()
    {
        try
        {
            return Found("Kafka client library", $"librdkafka {Library.VersionString}");
        }
        catch (Exception e) when (e is DllNotFoundException or TypeInitializationException)
        {
            return new MachineCheck("Kafka client library", "missing",
                $"librdkafka cannot be loaded on this system ({e.Message}). Only kafka:// sources and streams need it.");
        }
    }

    private static MachineCheck Parquet()
    {
        const string What = "Parquet library";
        try
        {
            return Found(What, $"ParquetSharp {ParquetLibrary.Load()}");
        }
        catch (Exception e) when (e is DllNotFoundException or TypeInitializationException or BadImageFormatException)
        {
            return new MachineCheck(What, "missing",
                $"ParquetSharp cannot be loaded on this system ({e.Message}). Only Parquet files need it.");
        }
    }

    private static MachineCheck Trainers(GranaryCatalogues known)
    {
        var missing = known.Trainers.List().Missing;
        return missing.Count == 0 ? Found("Trainers", "Granary's and ML.NET's")
            : new MachineCheck("Trainers", "missing", $"Granary's own are installed; {string.Join("; ", missing)}");
    }

    private static string Text(FormattableString text) => text.ToString(CultureInfo.InvariantCulture);
}
