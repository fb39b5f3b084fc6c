using System.Security.Cryptography;
using System.Text.Encodings.Web;
using System.Text.Json;
using Granary.Engine;
using Granary.Engine.Trading;
using Granary.Reporting.Runs;
using Granary.Storage.Files;

namespace Granary.Simulation.Costs;

/// <summary>Writes and reads costs.json, what fills cost as <c>granary costs fit</c> has measured it.</summary>
internal static class CostFile
{
    public const string Again = "fit it again with 'granary costs fit'";

    private const int Hours = 24;

    private static readonly string[] s_atOpen = ["open", "mid", "close"], s_atClose = ["close", "mid", "open"];

    private static readonly JsonSerializerOptions s_options = new()
    {
        PropertyNamingPolicy = JsonNamingPolicy.CamelCase,
        WriteIndented = true,
        NewLine = "\n",
        Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping,
        RespectNullableAnnotations = true,
        TypeInfoResolver = JsonSerializer.IsReflectionEnabledByDefault ? null : CostJson.Default,
    };

    public static string Write(CostStudyResults costs) => JsonSerializer.Serialize(costs, s_options);

    /// <summary>Returns the costs with their hash.</summary>
    public static CostStudyResults Hashed(CostStudyResults costs) => costs with { Hash = HashOf(costs) };

    // The same fills have the same hash, wherever their files are.
    private static string HashOf(CostStudyResults costs) => Convert.ToHexStringLower(SHA256.HashData(
        JsonSerializer.SerializeToUtf8Bytes(costs with { Hash = "", Sources = [], OutsideRange = null }, s_options)));

    /// <param name="files">The files that may be opened.</param>
    /// <exception cref="InputException">The file is missing, or not what <c>costs fit</c> wrote; one sentence.</exception>
    public static CostStudyResults Read(string path, PermittedFiles files)
    {
        CostStudyResults? costs;
        try
        {
            costs = JsonSerializer.Deserialize<CostStudyResults>(files.ReadAllBytes(path), s_options);
        }
        catch (Exception e) when (e is FileNotFoundException or DirectoryNotFoundException)
        {
            throw new InputException($"{path} does not exist; make it with 'granary costs fit'", e);
        }
        catch (Exception e) when (e is JsonException or NotSupportedException)
        {
            throw new InputException($"{path} is not a file of costs ({e.Message.TrimEnd('.')}); {Again}", e);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            throw new InputException($"{path} cannot be read: {e.Message.TrimEnd('.')}; make it readable, or name another file", e);
        }
        if (costs is null) throw new InputException($"{path} is empty; {Again}");
        if (costs.Version > CostStudyResults.CurrentVersion)
            throw new InputException($"{path} has version {costs.Version}, which a later Granary wrote; update this one");
        if (costs.Version != CostStudyResults.CurrentVersion || costs.Models.Count == 0)
            throw new InputException($"{path} is not a file of costs: it has no model; {Again}");
        return costs.Hash == HashOf(costs) ? costs
            : throw new InputException($"{path} was changed after it was written: its content does not have its hash; {Again}");
    }

    /// <summary>The model of stop orders; null if none of their fills was measured.</summary>
    public static CostModel? StopModelOf(CostStudyResults costs) => costs.Models.FirstOrDefault(m => m.Reference == CostModel.OfStops);

    /// <summary>
    /// The model that fits the fills of market orders of a batch: against the price from which they slip, if that was measured.
    /// </summary>
    /// <exception cref="InputException">Only fills of stops were measured.</exception>
    public static CostModel ModelOf(CostStudyResults costs, FillTiming fill)
    {
        foreach (var reference in fill == FillTiming.SameClose ? s_atClose : s_atOpen)
            if (costs.Models.FirstOrDefault(m => m.Reference == reference) is { } model)
                return model;
        throw new InputException("it has costs of stop orders only, and market orders need theirs; "
            + $"{Again} with fills of market orders too");
    }

    /// <summary>Returns the costs that orders pay.</summary>
    public static MeasuredCosts MeasuredOf(CostModel model)
    {
        static MeasuredCost Of(CostFigure? figure) => figure is null ? default : new MeasuredCost(figure.Mean, figure.Upper);
        var hours = new MeasuredCost[Hours];
        foreach (var hour in model.Hours) hours[hour.Hour] = Of(hour.Cost);
        return new MeasuredCosts(model.Sides.ToDictionary(s => SideOf(s.Side), s => Of(s.Cost)),
            model.Cells.ToDictionary(c => (SideOf(c.Side), c.Venue ?? ""), c => Of(c.Cost)),
            Of(model.Size?.Cost), model.Size?.Center ?? 0, Of(model.Volatility?.Cost), model.Volatility?.Center ?? 0, hours);
    }

    private static Side SideOf(string side) => side == "sell" ? Side.Sell : Side.Buy;
}
