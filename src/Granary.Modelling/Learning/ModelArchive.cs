using System.IO.Compression;
using System.Text.Json;
using Granary.Engine;
using Granary.Learning.Gating;
using Granary.Reporting.Runs;
using Granary.Simulation.Batches;
using Granary.Simulation.RunFolders;

namespace Granary.Modelling.Learning;

/// <summary>
/// Reads and writes models.zip: the entry filters of a run with the versions that were in force, and the decisions of its retrainings. With
/// it, the run can be replayed without training. The same filters give the same bytes.
/// </summary>
internal static class ModelArchive
{
    /// <summary>Name of the file in a run's folder.</summary>
    public const string Name = "models.zip";

    private const string Index = "index.json";

    private static readonly DateTimeOffset s_time = new(2000, 1, 1, 0, 0, 0, TimeSpan.Zero);

    internal sealed record Entry(string Strategy, string Label, string File, IReadOnlyList<WatchRecord>? Log,
        IReadOnlyList<VersionInForce>? InForce, IReadOnlyList<ChallengedSignal>? Challenged);

    /// <summary>Entry filter of one strategy in an archive.</summary>
    /// <param name="Label">Name and version as in trades.csv.</param>
    /// <param name="Retrained">Decisions of its retrainings; null if it was trained in windows.</param>
    internal sealed record Filter(string Label, EntryModel Model, RetrainedVersions? Retrained);

    /// <summary>Writes the entry filters of a plan.</summary>
    /// <param name="filters">Entry filters by strategy index.</param>
    public static void Write(Stream stream, BatchPlan plan, IReadOnlyDictionary<int, Filter> filters)
    {
        using var archive = new ZipArchive(stream, ZipArchiveMode.Create, leaveOpen: true);
        var (entries, files) = (new List<Entry>(), new Dictionary<EntryModel, string>(ReferenceEqualityComparer.Instance));
        foreach (var (strategy, filter) in filters.OrderBy(f => f.Key))
        {
            if (!files.TryGetValue(filter.Model, out var file))
            {
                files.Add(filter.Model, file = FormattableString.Invariant($"{files.Count:D6}.model"));
                Add(archive, file, EntryModelFile.ToBytes(filter.Model));
            }
            entries.Add(new Entry(plan.Instances[strategy].Id, filter.Label, file, filter.Retrained?.Log, filter.Retrained?.InForce,
                filter.Retrained?.Challenged));
        }
        Add(archive, Index, JsonSerializer.SerializeToUtf8Bytes(entries, EntryModelJson.Format));
    }

    /// <summary>Reads the entry filters of a run for a plan with the same strategies.</summary>
    /// <param name="folder">Folder of the run.</param>
    /// <returns>Entry filters by strategy index.</returns>
    /// <exception cref="InputException">
    /// The folder has no archive, the archive is damaged, or it contains a strategy that the plan does not have.
    /// </exception>
    public static IReadOnlyDictionary<int, Filter> Read(string folder, BatchPlan plan)
    {
        var path = Path.Combine(folder, Name);
        if (!File.Exists(path))
            throw new InputException($"{path}: there is no such file; only a run with learning.retrain keeps the versions that were in "
                + "force");
        var numbers = plan.Instances.ToDictionary(i => i.Id, i => i.Index, StringComparer.Ordinal);
        try
        {
            using var archive = ZipFile.OpenRead(path);
            var models = new Dictionary<string, EntryModel>(StringComparer.Ordinal);
            var filters = new Dictionary<int, Filter>();
            foreach (var entry in JsonSerializer.Deserialize<List<Entry>>(Bytes(archive, Index), EntryModelJson.Format)!)
            {
                if (!numbers.TryGetValue(entry.Strategy, out var strategy))
                    throw new InputException($"{path}: it has the model of {entry.Strategy}, which the batch does not run; replay the "
                        + "batch of that run");
                if (!models.TryGetValue(entry.File, out var model))
                    models.Add(entry.File, model = EntryModelFile.FromBytes(Bytes(archive, entry.File), plan.Spec.Catalogues));
                filters.Add(strategy, new Filter(entry.Label, model, entry.Log is null ? null
                    : new RetrainedVersions(model.Windows, entry.Log, entry.InForce ?? [], entry.Challenged ?? [])));
            }
            return filters;
        }
        catch (Exception e) when (e is InvalidDataException or JsonException or InputException or ArgumentException)
        {
            throw new InputException($"{path}: it is damaged ({e.Message.TrimEnd('.')}); run the batch again without --models-of", e);
        }
    }

    private static void Add(ZipArchive archive, string name, byte[] bytes)
    {
        var entry = archive.CreateEntry(name, CompressionLevel.Fastest);
        entry.LastWriteTime = s_time;
        using var content = entry.Open();
        content.Write(bytes);
    }

    private static byte[] Bytes(ZipArchive archive, string name)
    {
        using var content = (archive.GetEntry(name) ?? throw new InvalidDataException($"it has no {name}")).Open();
        using var bytes = new MemoryStream();
        content.CopyTo(bytes);
        return bytes.ToArray();
    }
}
