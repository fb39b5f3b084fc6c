using Granary.Engine.Trading.Book;

namespace Granary.Engine.Portfolio;

/// <summary>
/// Divides the gain of an account in several currencies into price, currency and their product. What was in a currency has gained by its
/// rate; what it has gained in that currency is price, at the rate of then.
/// </summary>
internal sealed class CurrencyAttribution(SharedAccount account)
{
    private readonly (double Worth, double Rate, double Converted, double Received)[] _then =
        [.. account.Currencies.Select(c => (0.0, c.Balance.Rate, 0.0, 0.0))];

    private double _own = account.OwnBalance;
    private bool _hasBegun;

    /// <summary>The parts of the gain so far.</summary>
    public CurrencyParts Parts { get; private set; }

    /// <summary>Divides the gain since the last call.</summary>
    public void Attribute()
    {
        var own = account.OwnBalance;
        foreach (var market in account.Markets)
            if (market.Foreign is null && market.OpenTrades > 0)
                own += market.Sums.Net * market.Price;
        var received = 0.0;
        for (var c = 0; c < _then.Length; c++) received += account.Currencies[c].Balance.Received - _then[c].Received;
        var (price, currency, product) = (own - _own - received, 0.0, received);
        for (var c = 0; c < _then.Length; c++)
        {
            var balance = account.Currencies[c].Balance;
            var worth = balance.Held;
            foreach (var market in account.Markets)
                if (market.Foreign == balance && market.OpenTrades > 0)
                    worth += market.Sums.Net * market.Price;
            var converted = balance.ConvertedAway - _then[c].Converted;
            var rate = _hasBegun ? _then[c].Rate : balance.Rate;
            var (gain, move) = (worth - _then[c].Worth + converted, balance.Rate - rate);
            price += gain * rate;
            currency += _then[c].Worth * move;
            product += gain * move - converted * balance.Rate;
            _then[c] = (worth, balance.Rate, balance.ConvertedAway, balance.Received);
        }
        (_own, _hasBegun) = (own, true);
        Parts = Parts.Plus(price, currency, product);
    }
}
