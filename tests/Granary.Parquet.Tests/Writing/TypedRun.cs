using System.Text;
using Granary.Backtesting.Runs;
using Granary.Backtesting.WalkForward;
using Granary.Simulation.Batches;
using Granary.Simulation.Passes;
using Granary.Testing;

namespace Granary.Parquet.Tests.Writing;

/// <summary>A run of a sample that writes its tables as CSV and as Parquet.</summary>
internal sealed class TypedRun : IDisposable
{
    private TypedRun(string folder) => Folder = folder;

    public string Folder { get; }

    public IEnumerable<string> Tables => Directory.EnumerateFiles(Folder, "*.csv").Select(f => Path.GetFileNameWithoutExtension(f))
        .Order(StringComparer.Ordinal);

    /// <param name="sample">Name of a file in samples.</param>
    /// <param name="outputs">JSON.</param>
    public static async Task<TypedRun> MakeAsync(string sample, string outputs = """["all", "parquet"]""")
    {
        var samples = Path.Combine(SharedData.RepositoryRoot, "samples");
        var text = File.ReadAllText(Path.Combine(samples, sample + ".json"));
        text = text[..(text.IndexOf('{') + 1)] + $" \"outputs\": {outputs}," + text[(text.IndexOf('{') + 1)..];
        var spec = new BatchReader(TestFormats.Catalogues()).Read(sample + ".json", Encoding.UTF8.GetBytes(text), samples);
        var folder = Directory.CreateTempSubdirectory("granary-typed-").FullName;
        var options = new BatchOptions { Out = Path.Combine(folder, "run"), Yes = true, Optimises = spec.HasSearch };
        if (sample == "walkforward")
            await new WalkForwardRunner(new EmbeddedHost(2), TimeProvider.System).RunAsync(spec, options, null, CancellationToken.None);
        else
            await new BatchRunner(new EmbeddedHost(2), TimeProvider.System).RunAsync(spec, options, null, CancellationToken.None);
        return new TypedRun(Path.Combine(folder, "run"));
    }

    public void Dispose() => Directory.Delete(Path.GetDirectoryName(Folder)!, recursive: true);
}
