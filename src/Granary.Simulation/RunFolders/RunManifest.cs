using System.Runtime.InteropServices;
using System.Text;
using System.Text.Encodings.Web;
using System.Text.Json;
using Granary.Contracts.Runs;
using Granary.Engine;
using Granary.Reporting.Runs;
using Granary.Simulation.Batches;
using Granary.Simulation.Catalogues;
using Granary.Simulation.Columns;
using Granary.Simulation.Json;

namespace Granary.Simulation.RunFolders;

/// <summary>Content of manifest.json: everything needed to repeat the run and to check that the results are the same.</summary>
internal sealed record RunManifest
{
    public const int Version = 1;

    public required string Batch { get; init; }

    public required string Digest { get; init; }

    public required string BatchText { get; init; }

    /// <summary>Base folder of relative paths in the batch, as stored: in a run of a confined server it is relative to the data
    /// folder.</summary>
    public required string Folder { get; init; }

    /// <summary>The folder of the run.</summary>
    public required string Run { get; init; }

    /// <summary>Reads the batch of the run.</summary>
    /// <param name="name">The name of the text, for messages.</param>
    /// <inheritdoc cref="BatchReader.Read(string, bool)"/>
    public BatchSpec ReadBatch(GranaryCatalogues catalogues, string name = "manifest.json (spec)", bool bindStrategies = true) =>
        new BatchReader(catalogues).Read(name, Encoding.UTF8.GetBytes(BatchText), BaseUnder(catalogues), bindStrategies);

    /// <summary>Returns the full path of <see cref="Folder"/>.</summary>
    public string BaseUnder(GranaryCatalogues catalogues) => catalogues.Confinement is null
        ? Path.GetFullPath(Folder, DataFolder.Of(Run)) : catalogues.PlaceOf(Folder).Folder;

    /// <summary>Whether the batch held bars out, on which the run can be judged.</summary>
    public bool HoldsOut =>
        JsonPart.Parse("manifest.json (spec)", Encoding.UTF8.GetBytes(BatchText)).Find("data")?.Find("holdout") is not null;

    /// <summary>IANA time zones of the markets' exchanges, by symbol.</summary>
    public required IReadOnlyDictionary<string, string> Zones { get; init; }

    /// <summary>Hash of the bars by symbol.</summary>
    public required IReadOnlyDictionary<string, string> DataHashes { get; init; }

    /// <summary>SHA-256 of the files of slower series, by the address that the batch names.</summary>
    public required IReadOnlyDictionary<string, string> AsofHashes { get; init; }

    /// <summary>SHA-256 of the measured costs; null if costs are assumed.</summary>
    public string? Costs { get; init; }

    public bool Interrupted { get; init; }

    /// <summary>One of <see cref="RunKinds"/>.</summary>
    public required string Kind { get; init; }

    /// <summary>Returns the command that continues an interrupted run of a kind.</summary>
    public static string CommandOf(string kind) => kind == RunKinds.Search ? "optimise" : "backtest";

    /// <summary>Time of the run, UTC.</summary>
    public required DateTime CreatedAt { get; init; }

    /// <summary>Seconds from the first bar read until the results were complete, of the last attempt.</summary>
    public required double Seconds { get; init; }

    /// <summary>Seconds that passed from the submission or start of the run until its results were complete.</summary>
    public required double ElapsedSeconds { get; init; }

    /// <summary>Host of the run, such as "embedded, 2 threads".</summary>
    public required string Host { get; init; }

    /// <summary>Whether the run had a look-ahead check and a test with stressed costs.</summary>
    public required bool HasChecks { get; init; }

    /// <summary>Notes of the report.</summary>
    public required IReadOnlyList<RunNote> Notes { get; init; }

    /// <summary>Trials ever made on the run's bars; null if they were not counted.</summary>
    public TrialCensus? Trials { get; init; }

    /// <summary>Adds the facts that only the first run knew to the model of a repeated run.</summary>
    public RunModel Restore(RunModel again) => again with
    {
        CreatedAt = CreatedAt,
        Seconds = Seconds,
        ElapsedSeconds = ElapsedSeconds,
        Host = Host,
        Notes = Notes,
        Trials = Trials ?? again.Trials,
    };

    /// <param name="hasChecks">Whether the run had a look-ahead check and a test with stressed costs.</param>
    public static byte[] Write(RunModel run, BatchPlan plan, bool hasChecks)
    {
        var buffer = new MemoryStream();
        using (var json = new Utf8JsonWriter(buffer,
            new JsonWriterOptions { Indented = true, Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping }))
        {
            json.WriteStartObject();
            json.WriteNumber("version", Version);
            json.WriteString("batch", run.Name);
            json.WriteString("run", run.Run);
            json.WriteString("kind", KindOf(run, plan.Spec));
            WriteSummary(json, run);
            json.WriteString("status", run.Interrupted ? "interrupted" : "done");
            json.WriteString("digest", run.Digest);
            json.WriteString("created", run.CreatedAt.ToString("yyyy-MM-dd'T'HH:mm:ss'Z'"));
            json.WriteNumber("seconds", run.Seconds);
            json.WriteNumber("elapsedSeconds", run.ElapsedSeconds);
            json.WriteNumber("barEvaluations", run.BarEvaluations);
            json.WriteString("host", run.Host);
            json.WriteString("granary", typeof(RunManifest).Assembly.GetName().Version?.ToString(3));
            json.WriteString("runtime", RuntimeInformation.FrameworkDescription);
            json.WriteString("os", RuntimeInformation.RuntimeIdentifier);
            json.WriteNumber("seed", plan.Spec.Seed);
            json.WriteString("folder", plan.Spec.Place.KeptFolder);
            json.WriteString("spec", Encoding.UTF8.GetString(plan.Spec.Text));
            json.WriteString("specHash", RunFolder.HashOf(Encoding.UTF8.GetString(plan.Spec.Text)));
            if (plan.Spec.Universe?.Hash is { } members) json.WriteString("members", members);
            if (plan.Spec.Execution.Costs is { } costs) json.WriteString("costs", costs.Hash);
            json.WriteStartArray("data");
            foreach (var market in run.Markets)
            {
                json.WriteStartObject();
                json.WriteString("symbol", market.Symbol);
                json.WriteString("timeframe", market.Timeframe);
                json.WriteNumber("bars", market.Bars);
                json.WriteString("first", RunText.Time(market.First.Ticks));
                json.WriteString("last", RunText.Time(market.Last.Ticks));
                json.WriteString("hash", market.Hash);
                if (market.Zone is { } zone) json.WriteString("zone", zone);
                json.WriteEndObject();
            }
            json.WriteEndArray();
            WriteAsof(json, plan.Spec.Data);
            json.WriteStartArray("outputs");
            foreach (var name in plan.Spec.Outputs.Names.Concat(plan.Spec.Outputs.Formats)) json.WriteStringValue(name);
            json.WriteEndArray();
            json.WriteBoolean("checks", hasChecks);
            RunNotes.Write(json, run.Notes);
            if (run.Trials is { } trials) Write(json, trials);
            json.WriteEndObject();
        }
        return buffer.ToArray();
    }

    private static void WriteAsof(Utf8JsonWriter json, DataSpec data)
    {
        var hashes = AsofFiles.HashesOf(data.AllAsof);
        if (hashes.Count == 0) return;
        json.WriteStartArray("asof");
        foreach (var (file, hash) in hashes)
        {
            json.WriteStartObject();
            json.WriteString("file", file);
            json.WriteString("hash", hash);
            json.WriteEndObject();
        }
        json.WriteEndArray();
    }

    private static string KindOf(RunModel run, BatchSpec spec) => run.Section<SessionResults>() is not null ? RunKinds.Live
        : run.Section<WalkForwardResults>() is not null ? RunKinds.WalkForward
        : spec.Data.Parts.Count > 0 ? RunKinds.Combined
        : run.Section<ParameterSearchResults>() is not null ? RunKinds.Search
        : run.Section<AllocatorResults>() is not null ? RunKinds.Reinforce
        : spec.Learning is not null ? RunKinds.Training : RunKinds.Backtest;

    // The figures of the list of runs, so that it reads no results.json. A live run has those of its account alone.
    private static void WriteSummary(Utf8JsonWriter json, RunModel run)
    {
        json.WriteStartObject("summary");
        if (run.Section<SessionResults>() is { } session) WriteFinite(json, "totalReturn", session.Account / run.StartingCash - 1);
        else if (run.Portfolio is { } portfolio)
        {
            WriteFinite(json, "totalReturn", portfolio.TotalReturn);
            WriteFinite(json, "sharpe", portfolio.Sharpe);
            WriteFinite(json, "maxDrawdown", portfolio.MaxDrawdown);
        }
        json.WriteBoolean("tradable", run.Verdict.MayBeTraded);
        json.WriteEndObject();
    }

    private static void WriteFinite(Utf8JsonWriter json, string name, double value)
    {
        if (double.IsFinite(value)) json.WriteNumber(name, value);
    }

    private static void Write(Utf8JsonWriter json, TrialCensus trials)
    {
        json.WriteStartObject("trials");
        json.WriteNumber("count", trials.Trials);
        json.WriteNumber("new", trials.New);
        json.WriteNumber("effective", trials.Effective);
        json.WriteNumber("own", trials.Own);
        json.WriteNumber("sharpes", trials.Sharpes.Count);
        WriteFinite(json, "sharpeMean", trials.Sharpes.Mean);
        WriteFinite(json, "sharpeVariance", trials.Sharpes.Variance);
        json.WriteNumber("siblings", trials.Siblings);
        json.WriteNumber("portfolios", trials.Portfolios);
        json.WriteNumber("choice", trials.Choice);
        json.WriteBoolean("stoodBefore", trials.StoodBefore);
        json.WriteBoolean("alone", trials.IsAlone);
        if (trials.Fault is { } fault) json.WriteString("fault", fault);
        json.WriteEndObject();
    }

    /// <summary>Reads notes of a run's files; skips notes whose code is unknown because a newer Granary wrote them.</summary>
    internal static IReadOnlyList<RunNote> ReadNotes(JsonPart notes) => [.. notes.List().Select(n =>
        RunNotes.CodeOf(n.Need("code").String()) is { } code
            ? new RunNote(code, n.Need("sentence").String(), (long)n.Need("count").Number()) : null).OfType<RunNote>()];

    internal static TrialCensus ReadTrials(JsonPart part) => new((long)part.Need("count").Number(), (long)part.Need("new").Number(),
        part.Need("effective").Number(), part.Need("own").Number(), new TrialSharpes((long)part.Need("sharpes").Number(),
            part.Find("sharpeMean")?.Number() ?? double.NaN, part.Find("sharpeVariance")?.Number() ?? double.NaN))
    {
        Siblings = (long)part.Need("siblings").Number(),
        Portfolios = (int)part.Need("portfolios").Number(),
        Choice = part.Need("choice").Number(),
        StoodBefore = part.Need("stoodBefore").Bool(),
        IsAlone = part.Need("alone").Bool(),
        Fault = part.Find("fault")?.String(),
    };

    /// <exception cref="InputException">The manifest is missing or invalid.</exception>
    public static RunManifest Read(string runFolder)
    {
        var path = Path.Combine(runFolder, "manifest.json");
        if (!File.Exists(path)) throw new InputException($"{runFolder} has no manifest.json; name the folder of a run");
        var root = JsonPart.Parse(path, File.ReadAllBytes(path));
        var version = root.Need("version").Whole();
        if (version > Version) throw root.Need("version")
            .Fault($"this run was written by a newer Granary (manifest version {version}, this one reads up to {Version}); update");
        return new RunManifest
        {
            Batch = root.Need("batch").String(),
            Digest = root.Need("digest").String(),
            BatchText = root.Need("spec").String(),
            Folder = root.Need("folder").String(),
            Run = Path.GetFullPath(runFolder),
            CreatedAt = new DateTime(root.Need("created").Time(), DateTimeKind.Utc),
            Seconds = root.Need("seconds").Number(),
            ElapsedSeconds = root.Need("elapsedSeconds").Number(),
            Host = root.Need("host").String(),
            HasChecks = root.Need("checks").Bool(),
            Notes = ReadNotes(root.Need("notes")),
            Trials = root.Find("trials") is { } trials ? ReadTrials(trials) : null,
            Kind = root.Need("kind").String(),
            Costs = root.Find("costs")?.String(),
            Interrupted = root.Need("status").String() == "interrupted",
            Zones = root.Need("data").List().Where(d => d.Find("zone") is not null)
                .ToDictionary(d => d.Need("symbol").String(), d => d.Need("zone").String(), StringComparer.Ordinal),
            DataHashes = root.Need("data").List()
                .ToDictionary(d => d.Need("symbol").String(), d => d.Need("hash").String(), StringComparer.Ordinal),
            AsofHashes = root.Find("asof") is { } asof ? asof.List()
                .ToDictionary(d => d.Need("file").String(), d => d.Need("hash").String(), StringComparer.Ordinal)
                : new Dictionary<string, string>(),
        };
    }
}
