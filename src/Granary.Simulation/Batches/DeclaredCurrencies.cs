using System.Security.Cryptography;
using System.Text;
using Granary.Engine.Market;
using Granary.Simulation.Catalogues;

namespace Granary.Simulation.Batches;

/// <summary>Gives each instrument its currency, and the rates of that in the account's.</summary>
/// <param name="account">The account's currency.</param>
internal sealed class DeclaredCurrencies(DataSpec data, string account, GranaryCatalogues catalogues)
{
    private readonly ICurrencyRates? _rates = data.Taken ?? (data.Fx is null ? null : new CurrencyRates(data, catalogues));

    /// <summary>Adds the currency and its rates to the instrument of a symbol's bars, and to their content hash.</summary>
    /// <param name="series">Is disposed of if an exception is thrown.</param>
    /// <returns>Without rates if there are none: a symbol that is not traded needs none.</returns>
    /// <exception cref="BarDataException">The rates are invalid, or there is no such file or store.</exception>
    public async ValueTask<IBarSeries> AddToAsync(IBarSeries series, CancellationToken cancellationToken)
    {
        try
        {
            var (currency, isNamed) = SymbolCurrency.Of(data, series.Instrument);
            var rates = await RatesAsync(currency, cancellationToken);
            if (!rates.IsForeign)
                return new SeriesWithInstrument(series, i => isNamed ? i with { Currency = currency } : i.Assuming(currency));
            var hash = Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes($"{series.ContentHash} {rates.Hash}")));
            return new SeriesWithInstrument(series, i => i with { Currency = currency, Rates = rates }, hash);
        }
        catch
        {
            await series.DisposeAsync();
            throw;
        }
    }

    private async Task<RateSeries> RatesAsync(string currency, CancellationToken cancellationToken)
    {
        if (CurrencyUnit.Of(currency) == CurrencyUnit.Of(account)) return RateSeries.None;
        try
        {
            return await ReadAsync(currency, cancellationToken);
        }
        // Else the batch would name the source of the bars.
        catch (BarDataException e) when (e.Line is null && data.FxPlace is { } place)
        {
            throw place.Fault(e.Message, e);
        }
    }

    private async Task<RateSeries> ReadAsync(string currency, CancellationToken cancellationToken)
    {
        // Pence of a pound need no rates.
        var isPart = CurrencyUnit.Whole(CurrencyUnit.Of(currency)).Currency == CurrencyUnit.Whole(CurrencyUnit.Of(account)).Currency;
        var rates = _rates ?? (isPart ? new CurrencyRates(data, catalogues) : null);
        return rates is null ? RateSeries.None : await rates.OfAsync(currency, account, cancellationToken) ?? RateSeries.None;
    }

    /// <summary>The pairs that the rates have, for messages.</summary>
    public async Task<string> ListAsync(CancellationToken cancellationToken) =>
        _rates is null ? "" : await _rates.ListAsync(cancellationToken);
}
