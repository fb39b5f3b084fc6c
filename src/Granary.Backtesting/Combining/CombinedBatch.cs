using System.Text;
using System.Text.Encodings.Web;
using System.Text.Json;
using System.Text.Json.Nodes;
using Granary.Engine;
using Granary.Engine.Market;
using Granary.Reporting.Runs;
using Granary.Simulation.Batches;
using Granary.Simulation.Catalogues;
using Granary.Simulation.TradeFiles;
using Granary.Storage.Files;

namespace Granary.Backtesting.Combining;

/// <summary>
/// A batch that combines the strategies of several batches and of other programs. It runs like any batch, so its portfolio is computed
/// by the same steps.
/// </summary>
/// <param name="Spec">The batch, as written beside its members.</param>
/// <param name="Notes">Notes about how the members were combined.</param>
internal sealed record CombinedBatch(BatchSpec Spec, IReadOnlyList<RunNote> Notes)
{
    /// <summary>The batch's file name in the folder of the run.</summary>
    public const string FileName = "batch.json";

    private static readonly JsonSerializerOptions Indented =
        new() { WriteIndented = true, Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping };

    /// <summary>Writes the batch and its recorded members to the folder in the request, and reads the batch.</summary>
    /// <exception cref="InputException">A member is missing or invalid, or members contradict one another. The message is one
    /// sentence.</exception>
    /// <exception cref="BarDataException">A member's file is invalid.</exception>
    public static CombinedBatch Write(CombineRequest request, GranaryCatalogues catalogues)
    {
        var (runs, files) = Divide(request, catalogues);
        var settings = CombineSettings.Read(request.Settings);
        var data = new CombinedData();
        foreach (var run in runs) data.Add(run);
        if (request.Bars is { } bars) data.AddBars(bars, request.Timeframe, settings.Bars, catalogues, SymbolsOf(request, files));
        var recorded = new RecordedMembers(request, data.Timeframes());
        foreach (var file in files)
            if (TradeFile.Knows(file) || request.Columns is not null) recorded.AddTrades(file);
            else recorded.AddCurve(file);
        var (parts, strategies) = recorded.Write();
        data.AddMultipliers(recorded);
        foreach (var part in parts) data.Add(part);

        var sections = new CombinedSections(runs, settings, request.SectionsOf, recorded.Notes);
        var batch = new JsonObject { ["name"] = request.Name ?? sections.Name, ["data"] = data.ToJson(runs, settings, recorded.Notes) };
        sections.AddTo(batch, request.Weights);
        batch["strategies"] = new JsonArray([.. runs.SelectMany(r => r.Strategies()), .. strategies]);
        var text = Encoding.UTF8.GetBytes(batch.ToJsonString(Indented));
        var path = Path.Combine(request.Folder, FileName);
        Directory.CreateDirectory(request.Folder);
        AtomicFile.Write(path, text);
        return new CombinedBatch(new BatchReader(catalogues).Read(path, text, request.Base ?? request.Folder), recorded.Notes);
    }

    /// <summary>Returns why runs cannot be members of one portfolio, in one sentence; null if they can.</summary>
    /// <param name="folders">The folders of the runs.</param>
    public static string? FaultOf(GranaryCatalogues catalogues, params IEnumerable<string> folders)
    {
        try
        {
            var data = new CombinedData();
            foreach (var folder in folders) data.Add(RunMember.Read(folder, catalogues));
            return null;
        }
        catch (InputException e)
        {
            return e.Message;
        }
    }

    private static (List<RunMember> Runs, List<string> Files) Divide(CombineRequest request, GranaryCatalogues catalogues)
    {
        var (runs, files) = (new List<RunMember>(), new List<string>());
        foreach (var member in request.Members)
        {
            if (Directory.Exists(member)) runs.Add(RunMember.Read(member, catalogues));
            else if (File.Exists(member)) files.Add(member);
            else throw new InputException($"{member} does not exist; name the folder of a run, a file of trades or an equity curve");
        }
        return (runs, files);
    }

    private static HashSet<string> SymbolsOf(CombineRequest request, IEnumerable<string> files) =>
        [.. files.Where(f => TradeFile.Knows(f) || request.Columns is not null)
            .SelectMany(f => TradeFile.Read(f, request.Columns, request.Symbol).Trades).Select(t => t.Symbol)];
}
