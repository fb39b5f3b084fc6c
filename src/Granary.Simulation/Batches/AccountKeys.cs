using Granary.Data.Tables;
using Granary.Engine;
using Granary.Engine.Analysis;
using Granary.Engine.Catalogues;
using Granary.Engine.Market;
using Granary.Engine.Trading;
using Granary.Simulation.Json;
using Granary.Simulation.Keys;
using Granary.Simulation.Tables;
using Granary.Storage.Addresses;

namespace Granary.Simulation.Batches;

/// <summary>The keys of a batch file's <c>account</c>.</summary>
internal sealed record AccountKeys
{
    [Key("starting cash of the portfolio and of each strategy's account", IsAlwaysWritten = true), Range(1, 1e15)]
    public double Cash { get; init; } = BatchSpec.DefaultCash;

    [Key("the account's currency, as `\"EUR\"`: equity, sizes, limits and figures are in it ([currencies](currencies.md))",
        Without = "that of the instruments, if it is one")]
    public string? Currency { get; init; }

    [Key("of results in other currencies: `hold` keeps balances in them, `convert` changes the net result of a trade when it is closed")]
    public CurrencyConversion Conversion { get; init; }

    [Key("between bid and ask, of an exchange rate; a conversion pays half of it"), Range(0, 50)]
    public double FxSpreadPercent { get; init; }

    [Key("interest on cash and loans by currency, as `{ \"EUR\": { \"reference\": \"estr.csv\", \"cashSpreadPercent\": 0.5, "
        + "\"loanSpreadPercent\": 1.5 } }` ([borrowing](borrowing.md#interest)); it takes the place of `execution.marginRatePercent`",
        Without = "none")]
    public IReadOnlyDictionary<string, InterestKeys> Interest { get; init; } = new Dictionary<string, InterestKeys>();

    [Key("per year, for the [report](report.md)", Reach = KeyReach.Portfolio), Range(-100, 1000)]
    public double RiskFreePercent { get; init; }

    [Key("the same as a series: a CSV or Parquet file of `date,rate` in percent per year, each known from its date on", Offers = "file",
        Without = "`riskFreePercent`", Reach = KeyReach.Portfolio)]
    public Address? RiskFree { get; init; }

    /// <summary>An account without a section of its own.</summary>
    public static (AccountKeys Keys, RiskFreeRate RiskFree, InterestSettings? Interest) Usual =>
        (new AccountKeys(), RiskFreeRate.None, null);

    /// <summary>Reads the section.</summary>
    /// <param name="part">Null = the section is missing.</param>
    /// <param name="tables">The formats of typed tables; null if the files of the batch are on another machine.</param>
    /// <exception cref="InputException">A value, or a line of the file, is invalid.</exception>
    public static (AccountKeys Keys, RiskFreeRate RiskFree, InterestSettings? Interest) Read(JsonPart? part, TableFormatCatalogue? tables)
    {
        if (part is null) return Usual;
        var keys = RecordKeys<AccountKeys>.Read(part);
        if (keys.Currency is not null && !CurrencyUnit.IsCode(keys.Currency))
            part.Need("currency").Wrong($"'{keys.Currency}' is no currency; write its code, as \"EUR\"", 0);
        if (keys.FxSpreadPercent > 0 && keys.Conversion == CurrencyConversion.Hold)
            part.Need("fxSpreadPercent").Wrong("it is for \"conversion\": \"convert\"; balances that are held are never exchanged. Leave "
                + "it out, or name that conversion", 0);
        var interest = keys.Interest.Count == 0 ? null : Interests(part, keys, tables);
        if (keys.RiskFree is null || tables is null || part.Need("riskFree").IsFaulty)
            return (keys, RiskFreeRate.Of(keys.RiskFreePercent / 100), interest);
        if (part.Find("riskFreePercent") is { } constant)
            constant.Wrong("'riskFree' is a series of this rate; leave one of them out", 0);
        return (keys, Series(part.Need("riskFree"), keys.RiskFree, tables) is { } rates
            ? RiskFreeRate.Of(rates.Times, rates.Rates) : RiskFreeRate.None, interest);
    }

    private static InterestSettings? Interests(JsonPart part, AccountKeys keys, TableFormatCatalogue? tables)
    {
        var section = part.Need("interest");
        if (keys.Currency is not { } currency)
            return section.Wrong<InterestSettings?>("it is by currency, and the account's is not named; write \"currency\": \"USD\" "
                + "beside it", null);
        var terms = new Dictionary<string, InterestTerms>(StringComparer.Ordinal);
        foreach (var (name, own) in keys.Interest)
        {
            var place = section.Need(name);
            var unit = CurrencyUnit.Of(name);
            if (CurrencyUnit.Whole(unit) is not ([>= 'A' and <= 'Z', _, _, ..] and var whole, 1))
                place.Wrong($"'{name}' is no currency that an account holds; write its code, as \"GBP\"", 0);
            else if (terms.ContainsKey(whole)) place.Wrong($"{whole} is there twice; leave one of them out", 0);
            else terms[whole] = new InterestTerms(Reference(place, own, tables), own.CashSpreadPercent / 100, own.LoanSpreadPercent / 100);
        }
        var held = CurrencyUnit.Whole(CurrencyUnit.Of(currency)).Currency;
        if (!terms.ContainsKey(held))
            section.Wrong($"there is none for {held}, the account's currency; add it, as \"{held}\": {{ \"referencePercent\": 2 }}", 0);
        return new InterestSettings(held, terms);
    }

    private static YearlyRates Reference(JsonPart place, InterestKeys keys, TableFormatCatalogue? tables)
    {
        if (keys.Reference is null || tables is null || place.Need("reference").IsFaulty)
            return YearlyRates.Of(keys.ReferencePercent / 100);
        if (place.Find("referencePercent") is { } constant)
            constant.Wrong("'reference' is a series of this rate; leave one of them out", 0);
        return Series(place.Need("reference"), keys.Reference, tables) is { } rates ? new YearlyRates(rates.Times, rates.Rates)
            : YearlyRates.Of(0);
    }

    /// <summary>Execution settings with the account's treatment of other currencies, and its interest.</summary>
    /// <exception cref="InputException">Both have the interest on loans.</exception>
    public ExecutionSpec ApplyTo(ExecutionSpec execution, InterestSettings? interest) => execution with
    {
        Settings = execution.Settings with
        {
            Interest = interest is not null && execution.Keys.MarginRatePercent > 0
                ? throw execution.Place!.Need("marginRatePercent")
                    .Fault("'account.interest' has the interest on loans; leave one of them out")
                : execution.Stress ? interest?.Stressed() : interest,
            Conversion = Conversion,
            FxSpreadRate = FxSpreadPercent / 200 * (execution.Stress ? 2 : 1),
        },
    };

    private static (long[] Times, double[] Rates)? Series(JsonPart part, Address address, TableFormatCatalogue tables)
    {
        if (address.Path is not { } path) return part.Wrong<(long[], double[])?>($"'{address}' is not a file; name a CSV file", null);
        try
        {
            var table = TimeTable.Read(path, names => names.Contains("rate", StringComparer.Ordinal) ? ["rate"]
                : throw BarDataException.At(path, 1, null, $"none of the columns {string.Join(", ", names)} is called rate",
                    "name the column of the rates in percent per year 'rate'"), files: address.Files, formats: tables);
            for (var i = 0; i < table.Times.Length; i++)
                if (Math.Abs(table.Columns[0][i]) > 1000)
                    throw table.Fault(i, "rate", FormattableString.Invariant($"{table.Columns[0][i]} is out of range: -1000 … 1000"),
                        "give it in percent per year");
            return (table.Times, [.. table.Columns[0].Select(r => r / 100)]);
        }
        catch (Exception e) when (e is BarDataException or BarStoreException)
        {
            return part.Wrong<(long[], double[])?>(e.Message, null, e);
        }
    }
}
