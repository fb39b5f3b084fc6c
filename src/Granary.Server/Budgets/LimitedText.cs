using System.Globalization;
using System.Text;
using System.Text.Json;
using System.Text.Json.Nodes;
using Granary.Server.Jobs;
using Granary.Simulation.Batches;
using Granary.Simulation.Json;
using Granary.Simulation.Recorded;
using Granary.Simulation.RunFolders;
using Granary.Storage.Addresses;

namespace Granary.Server.Budgets;

/// <summary>Checks the text of a caller with limits, and sets the holdout in it.</summary>
internal static class LimitedText
{
    private const string Experiment = "experiment";

    // A new section or key is refused until it is added here.
    private static readonly string[] s_sections = ["$schema", "name", "data", "universe", "account", "execution", "strategies", "portfolio",
        "benchmark", "walkForward", "regimes", "resampling", "outputs", "seed", "periodsPerYear"];

    // Not those that say what the times of a file mean: a wrong meaning would move later bars before the holdout.
    private static readonly string[] s_data = ["source", "symbols", "timeframe", "from", "to", "holdout", "warmUp", "adjust",
        "furtherColumns", "instruments", "parts"];

    /// <summary>Refuses a text that could read or write more than bars.</summary>
    /// <exception cref="OutsideLimitsException">It could.</exception>
    public static void Check(JsonPart root, string kind)
    {
        if (CodeText.IsIn(root)) throw Refused(root, "code", "C# of the caller could read all files of the server");
        var batch = root.Find("batch") ?? root;
        if (batch.Find("version") is { } version && batch.Find("digest") is not null)
            throw Refused(version, "a configuration of a run", "its models and weights may have seen later bars");
        if (batch.Find("strategies") is not null)
            foreach (var (name, part) in batch.Members)
                if (!s_sections.Contains(name, StringComparer.Ordinal) && !(name == "learning" && kind == Experiment))
                    throw Refused(part, name, name == "learning" ? "models are compared by the kind experiment, which registers none"
                        : "only sections whose effect on the holdout is known are permitted");
        if (batch.Find("data") is { } data)
            foreach (var one in data.Find("parts")?.Items.Prepend(data) ?? [data]) CheckKeys(one);
        foreach (var strategy in batch.Find("strategies")?.Items ?? [])
            if (strategy.Find("class") is { Text: RecordedTrades.ClassName } recorded)
                throw Refused(recorded, RecordedTrades.ClassName, "its trades are a file");
        if (batch.Find("portfolio")?.Find("broker") is { } broker) throw Refused(broker, "broker", "it belongs to live trading");
        if (batch.Find("portfolio")?.Find("weights") is { Text: WeightMethods.Ppo or WeightMethods.Adaptive } weights)
            throw Refused(weights, weights.Text, "its policy would be registered for live sessions");
    }

    private static void CheckKeys(JsonPart data)
    {
        foreach (var (name, part) in data.Members)
            if (!s_data.Contains(name, StringComparer.Ordinal))
                throw Refused(part, name, "only keys that leave the times of the bars as they are stored are permitted; import the bars "
                    + "into a store to settle the meaning of a file");
    }

    private static OutsideLimitsException Refused(JsonPart part, string what, string why) => new(string.Create(
        CultureInfo.InvariantCulture, $"{part.File}, line {part.Line}, {part.Path}: {what} is not for callers with limits: {why}; leave it out"));

    /// <summary>Returns the text with a holdout in its section <c>data</c>.</summary>
    /// <param name="body">Text that was read without faults.</param>
    public static byte[] WithHoldout(byte[] body, DateTimeOffset holdout)
    {
        var text = body.AsSpan().StartsWith(Encoding.UTF8.Preamble) ? body.AsSpan(Encoding.UTF8.Preamble.Length) : body;
        var root = JsonNode.Parse(text, null,
            new JsonDocumentOptions { CommentHandling = JsonCommentHandling.Skip, AllowTrailingCommas = true })!;
        var data = (root["batch"] ?? root)["data"] ?? throw new OutsideLimitsException("a job without a section data has no bars to cut, "
            + "so it is not for callers with a holdout");
        data["holdout"] = holdout.UtcDateTime.ToString("yyyy-MM-dd'T'HH:mm:ss'Z'", CultureInfo.InvariantCulture);
        return Encoding.UTF8.GetBytes(root.ToJsonString(s_json));
    }

    private static readonly JsonSerializerOptions s_json = new() { WriteIndented = true };

    /// <summary>Refuses a source among the results of runs and the server's own files.</summary>
    /// <param name="dataFolder">The full path of the data folder.</param>
    /// <exception cref="OutsideLimitsException">The source is there.</exception>
    public static void CheckSource(Address source, string dataFolder)
    {
        if (source.Path is not { } path) return;
        var relative = Path.GetRelativePath(dataFolder, Path.GetFullPath(path));
        var folder = dataFolder;
        foreach (var name in relative.Split(Path.DirectorySeparatorChar).Where(n => n != "."))
        {
            folder = Path.Combine(folder, name);
            if (name[0] == '.' || File.Exists(Path.Combine(folder, "manifest.json")) || Directory.Exists(Path.Combine(folder,
                RunLibrary.JobFolder)))
                throw new OutsideLimitsException($"'{source}' is not a folder of bars that callers with limits may name; name one of the "
                    + "sources that the server lists");
        }
    }

    /// <summary>Whether no part of the data reads bars after a time.</summary>
    public static bool IsCut(DataSpec data, long holdout) => data.Holdout <= holdout && data.Parts.All(p => p.Data.Holdout <= holdout);
}
