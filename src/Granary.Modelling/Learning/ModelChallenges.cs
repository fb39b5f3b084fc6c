using System.Globalization;
using System.Text.Json;
using System.Text.Json.Nodes;
using Granary.Contracts.Models;
using Granary.Engine.Analysis;
using Granary.Simulation.Json;
using Granary.Simulation.RunFolders;

namespace Granary.Modelling.Learning;

/// <summary>Compares two versions of a model on the same test windows.</summary>
internal static class ModelChallenges
{
    /// <summary>Compares the results of both versions in the newest runs of a folder.</summary>
    public static ModelChallenge Of(RunLibrary runs, string model, int current, int challenger)
    {
        var findings = new[] { current, challenger }.Select(v => ModelFindings.Find(runs, model, v)?.Unit).ToArray();
        if (findings is not [{ } a, { } b])
        {
            var missing = findings[0] is null ? current : challenger;
            return None("auc", string.Create(CultureInfo.InvariantCulture,
                $"No run of this server has the test windows of version {missing}; train it again as a job."));
        }
        var figure = WindowsOf(a).Any(w => FigureOf(w, "auc") is not null) ? "auc" : "r2";
        var others = WindowsOf(b).ToLookup(SpanOf);
        var common = new List<ChallengeWindow>();
        foreach (var window in WindowsOf(a))
            if (others[SpanOf(window)].FirstOrDefault() is { } other && FigureOf(window, figure) is { } of
                && FigureOf(other, figure) is { } with)
                common.Add(new ChallengeWindow(SpanOf(window).From, SpanOf(window).To, of, with));
        var difference = MeanInterval.Of([.. common.Select(w => w.Challenger - w.Current)]);
        return common.Count == 0 ? None(figure, "The two versions have no test window in common; train both over the same data.")
            : new ModelChallenge(figure, common, difference.Mean, JsonNumber.Finite(difference.Low), JsonNumber.Finite(difference.High),
                JsonNumber.Finite(difference.PValue), ConclusionOf(difference));
    }

    private static ModelChallenge None(string figure, string conclusion) => new(figure, [], null, null, null, null, conclusion);

    private static string ConclusionOf(MeanInterval difference) => difference switch
    {
        { Count: < 2 } => "One test window is too few to tell the two apart.",
        { Mean: 0, Low: double.NaN } => "Both predict the same on the windows that they have in common.",
        { Low: double.NaN } => "The two differ by the same on each window, which leaves nothing to test.",
        { Low: > 0 } => "The challenger predicts better: the 95 % interval of the difference is above zero.",
        { High: < 0 } => "The challenger predicts worse: the 95 % interval of the difference is below zero.",
        _ => "No difference is shown: the 95 % interval of the difference has zero in it.",
    };

    private static IEnumerable<JsonObject> WindowsOf(JsonObject unit) => (unit["windows"] as JsonArray ?? []).OfType<JsonObject>();

    private static (DateTime From, DateTime To) SpanOf(JsonObject window) =>
        (window["testFrom"].Deserialize<DateTime>(), window["testTo"].Deserialize<DateTime>());

    private static double? FigureOf(JsonObject window, string figure) => JsonNumber.Of(window["outOfSample"]?[figure]);
}
