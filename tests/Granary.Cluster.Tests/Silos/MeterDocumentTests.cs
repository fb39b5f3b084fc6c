using System.Diagnostics.Metrics;
using System.Runtime.CompilerServices;
using System.Text;
using Granary.Cluster.Grains.Telemetry;
using Granary.Cluster.Tests.Fixtures;
using Granary.Silo;
using Granary.Silo.Options;
using Granary.Simulation.Telemetry;
using Granary.Testing;
using Microsoft.Extensions.DependencyInjection;

namespace Granary.Cluster.Tests.Silos;

public class MeterDocumentTests
{
    private const string Begin = "<!-- meters -->\n", End = "<!-- end -->\n";

    [Fact]
    public async Task The_page_on_observability_lists_the_meters_of_a_silo()
    {
        var found = new SortedDictionary<string, Instrument>(StringComparer.Ordinal);
        using var listener = new MeterListener
        {
            InstrumentPublished = (instrument, _) =>
            {
                if (instrument.Meter.Name == "Granary" || instrument.Meter.Name.StartsWith("Granary.", StringComparison.Ordinal))
                    lock (found) found[instrument.Name] = instrument;
            },
        };
        listener.Start();
        var runs = Directory.CreateTempSubdirectory("granary-meters-").FullName;
        // All meters are made here, whatever other tests of this process have made.
        RuntimeHelpers.RunClassConstructor(typeof(GranaryInstruments).TypeHandle);
        await using (var silo = SiloApplication.Build(new SiloSettings { Runs = runs }, TestCatalogues.All, null))
            silo.Services.GetRequiredService<ClusterInstruments>();
        Directory.Delete(runs, recursive: true);

        var table = new StringBuilder("| name | unit | kind | what |\n| --- | --- | --- | --- |\n");
        foreach (var (name, instrument) in found)
            table.Append(System.Globalization.CultureInfo.InvariantCulture,
                $"| `{name}` | {instrument.Unit} | {KindOf(instrument)} | {instrument.Description} |\n");
        var path = Path.Combine(SharedData.RepositoryRoot, "docs", "observability.md");
        var page = await File.ReadAllTextAsync(path);
        var (from, to) = (page.IndexOf(Begin, StringComparison.Ordinal) + Begin.Length, page.IndexOf(End, StringComparison.Ordinal));
        if (Environment.GetEnvironmentVariable("GRANARY_WRITE_DOCS") == "1")
            await File.WriteAllTextAsync(path, page[..from] + table + page[to..]);
        else
            page[from..to].ShouldBe(table.ToString(), "write it with GRANARY_WRITE_DOCS=1");
    }

    private static string KindOf(Instrument instrument)
    {
        var name = instrument.GetType().Name;
        return name.Contains("UpDown", StringComparison.Ordinal) ? "level" : name.Contains("Counter", StringComparison.Ordinal) ? "counter"
            : name.Contains("Histogram", StringComparison.Ordinal) ? "histogram" : "gauge";
    }
}
