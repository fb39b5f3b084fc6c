using System.ComponentModel;
using System.Security.Claims;
using Granary.Api.Access;
using Granary.Api.Lists;
using Granary.Api.Routing;
using Granary.Api.Runs;
using Granary.Api.Uploads;
using Granary.Contracts.MarketData;
using Granary.Contracts.Runs;
using Granary.Data.Comparison;
using Granary.Data.Reading;
using Granary.Engine;
using Granary.Engine.Market;
using Granary.Reporting.Runs;
using Granary.Simulation.Catalogues;
using Granary.Simulation.MarketData;
using Granary.Storage.Addresses;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Mvc;
using Microsoft.AspNetCore.Routing;

namespace Granary.Api.MarketData;

/// <summary>The stores of the data folder: their markets, coverage by day, quality, and the differences of two stores.</summary>
internal static class DataEndpoints
{
    // An answer has only the largest differences; the file of the command line has all.
    private const int MostShown = 1000;

    public static void Map(IEndpointRouteBuilder api)
    {
        var data = api.MapGroup("/data").WithTags("Data").ProducesProblem(401).ProducesProblem(403)
            .RequireAuthorization(RolePolicies.Viewer);
        data.MapGet("", (ApiSettings settings) => TypedResults.Ok(
                new StoreLibrary(Path.GetFullPath(settings.DataFolder), settings.PlaceOf().Files).List()))
            .WithName("listData").WithSummary("The stores of the data folder, with their markets.")
            .Produces<IReadOnlyList<StoreEntry>>();
        data.MapGet("/sources", async (ClaimsPrincipal user, ApiSettings settings, GranaryCatalogues known, UploadStore uploads,
                CancellationToken stop) =>
            {
                var folder = Path.GetFullPath(settings.DataFolder);
                var own = uploads.List(RolePolicies.NameOf(user)).Select(u => Path.GetDirectoryName(u.Path)!).Distinct();
                return TypedResults.Ok(await new SourceLibrary(folder,
                        new BarFileOptions { Formats = known.Formats, Files = settings.PlaceOf().Files })
                    .ListAsync(own, [Path.GetFullPath(settings.Runs), Path.Combine(folder, UploadStore.Folder)], stop)
                    .ConfigureAwait(false));
            })
            .WithName("listSources").WithSummary("The sources that a batch can name, with their symbols.")
            .WithDescription("Stores and folders of bar files in the data folder, the caller's uploads, and generated markets.")
            .Produces<IReadOnlyList<SourceEntry>>();
        data.MapGet("/files", FilesAsync)
            .WithName("listBarFiles").WithSummary("The bar files of the data folder that a batch can use, with their first and last bars.")
            .WithDescription("Files in any known format, also the caller's uploads. The server reads new and changed files in the "
                + "background; 'waiting' counts those that it has not read yet. 'sort' is file, symbol, timeframe, bars, first, last, "
                + "bytes or findings, with '-' in front for the largest first. 'search' is a part of the file or the symbol.")
            .Produces<BarFilePage>().ProducesProblem(400);
        data.MapGet("/coverage", async (string store, string symbol, string timeframe, ApiSettings settings, GranaryCatalogues known,
                CancellationToken stop) =>
                TypedResults.Ok(await new StoredMarkets(known.Stores).CoverageAsync(settings.Files.StoreOf("store", store),
                    new BarQuery(symbol, Read(timeframe)), stop).ConfigureAwait(false)))
            .WithName("getCoverage").WithSummary("How many bars a market has on each day.")
            .Produces<MarketCoverage>().ProducesProblem(400);
        data.MapGet("/bars", BarsAsync)
            .WithName("getStoredBars").WithSummary("Bars of a market, with at most 'limit' of them.")
            .WithDescription("The bars are as stored, without adjustments, so that 'prices' is raw: a run over them has adjusted prices "
                + "where the store has adjusted closes. Bars of a timeframe that the store does not have are built from its longest "
                + "shorter ones. More bars than 'limit' are joined, and the answer's 'timeframe' says how many, as 5 x 1d. 'from' and "
                + "'to' are times in ISO 8601; 'to' is left out.")
            .Produces<RunBars>().ProducesProblem(400);
        data.MapGet("/file", async (string store, string symbol, string timeframe, ApiSettings settings, GranaryCatalogues known,
                CancellationToken stop) => FileOf($"{symbol}-{timeframe}.csv", await new StoredMarkets(known.Stores).BarsAsync(
                    settings.Files.StoreOf("store", store), new BarQuery(symbol, Read(timeframe)), stop).ConfigureAwait(false)))
            .WithName("getStoredFile").WithSummary("All bars of a market as CSV, as stored: time (UTC), open, high, low, close, volume.")
            .Produces(200, null, "text/csv").ProducesProblem(400);
        data.MapGet("/quality", async (string store, string timeframe, string? symbol, ApiSettings settings, GranaryCatalogues known,
                CancellationToken stop) =>
                TypedResults.Ok(MarketAnswers.FindingsOf(await new StoredMarkets(known.Stores).CheckAsync(
                    settings.Files.StoreOf("store", store), symbol, Read(timeframe), stop).ConfigureAwait(false))))
            .WithName("checkData").WithSummary("The findings of 'granary data check' in a market, or in all markets of a timeframe.")
            .Produces<IReadOnlyList<FindingRow>>().ProducesProblem(400);
        data.MapGet("/compare", CompareAsync)
            .WithName("compareData").WithSummary("The differences of two stores on a market, as 'granary data compare' finds them.")
            .WithDescription("Prices within 'tolerance' percent are equal, volumes within 'volumeTolerance' percent. The answer has the "
                + "1,000 widest disagreements in the order of time.")
            .Produces<StoreComparison>().ProducesProblem(400);
    }

    internal sealed record FileQuestion
    {
        [FromQuery(Name = "sort")]
        public string? Sort { get; init; }

        [FromQuery(Name = "search")]
        public string? Search { get; init; }

        public required ClaimsPrincipal User { get; init; }

        [FromServices]
        public required UploadStore Uploads { get; init; }
    }

    private static async Task<IResult> FilesAsync([AsParameters] FileQuestion asked, [AsParameters] Paging paging, ApiSettings settings,
        BarFileLibrary files, CancellationToken stop, [AllowedRange(1, Paging.Most)] int limit = Paging.Usual)
    {
        var own = asked.Uploads.List(RolePolicies.NameOf(asked.User)).Select(u => Path.GetDirectoryName(u.Path)!).Distinct();
        var skipped = new[] { Path.GetFullPath(settings.Runs), Path.Combine(Path.GetFullPath(settings.DataFolder), UploadStore.Folder) };
        var page = await files.ListAsync(new BarFileQuery(limit, asked.Sort, asked.Search, paging.Cursor), own, skipped, stop)
            .ConfigureAwait(false);
        return paging.Answer(page, page.Next);
    }

    internal sealed record Question
    {
        [FromQuery(Name = "a"), Description("A store.")]
        public required string A { get; init; }

        [FromQuery(Name = "b"), Description("The other one.")]
        public required string B { get; init; }

        [FromQuery(Name = "symbol")]
        public required string Symbol { get; init; }

        [FromQuery(Name = "timeframe")]
        public required string Timeframe { get; init; }
    }

    private static async Task<IResult> CompareAsync([AsParameters] Question asked, ApiSettings settings, GranaryCatalogues known,
        CancellationToken stop,
        [AllowedRange(0.0), Description("Prices that differ by at most this percentage are equal.")] double tolerance = 0.01,
        [AllowedRange(0.0), Description("The same for volumes.")] double volumeTolerance = 1)
    {
        var found = await new StoredMarkets(known.Stores).CompareAsync(settings.Files.StoreOf("a", asked.A),
            settings.Files.StoreOf("b", asked.B),
            new BarQuery(asked.Symbol, Read(asked.Timeframe)), new SourceComparer(tolerance, volumeTolerance), stop).ConfigureAwait(false);
        var shown = found with
        {
            Disagreements = [.. found.Disagreements.OrderByDescending(d => double.IsNaN(d.Percent) ? -1 : d.Percent).ThenBy(d => d.Time)
                .Take(MostShown).OrderBy(d => d.Time)],
        };
        var answer = MarketAnswers.ComparisonOf(shown) with
        {
            LikelierWrong = new SuspectCounts(found.SuspectsOf(Suspect.A), found.SuspectsOf(Suspect.B)),
        };
        return TypedResults.Ok(new StoreComparison(found.Disagreements.Count, answer));
    }

    private static async Task<IResult> BarsAsync([AsParameters] NamedMarket market, [AsParameters] SeriesSpan span,
        ApiSettings settings, GranaryCatalogues known, CancellationToken stop,
        [AllowedRange(4, SeriesSpan.MostPoints), Description("Maximum number of bars.")] int limit = SeriesSpan.UsualPoints) =>
        TypedResults.Ok(await new StoredMarkets(known.Stores).ShownAsync(settings.Files.StoreOf("store", market.Store), market.Symbol,
            Read(market.Timeframe), span.Read(limit), stop).ConfigureAwait(false));

    private static IResult FileOf(string name, IReadOnlyList<Bar> bars) => Results.Stream(async body =>
    {
        var writer = new StreamWriter(body) { NewLine = "\n" };
        await using var _ = writer.ConfigureAwait(false);
        await writer.WriteLineAsync("time,open,high,low,close,volume").ConfigureAwait(false);
        foreach (var b in bars)
            await writer.WriteLineAsync(string.Join(',', (string[])[RunText.Time(b.Time), .. ((double[])[b.Open, b.High, b.Low, b.Close,
                b.Volume]).Select(RunText.Number)])).ConfigureAwait(false);
    }, "text/csv", name);

    private static Timeframe Read(string timeframe) => Timeframe.TryParse(timeframe, out var read) ? read.Value
        : throw new InputException($"timeframe={timeframe}: use one of {string.Join(' ', Timeframe.All)}");
}

/// <summary>A market of a store, as the query names it.</summary>
internal sealed record NamedMarket
{
    [FromQuery(Name = "store")]
    public required string Store { get; init; }

    [FromQuery(Name = "symbol")]
    public required string Symbol { get; init; }

    [FromQuery(Name = "timeframe")]
    public required string Timeframe { get; init; }
}
