namespace Granary.Engine.Portfolio;

/// <summary>The parts of a gain, account currency; their sum is the gain.</summary>
/// <param name="Price">Of prices, fees and financing, at the rates from before.</param>
/// <param name="Currency">Of the rates, on what was in other currencies before.</param>
/// <param name="Product">Of both together, and of conversions at other rates than those of the closes.</param>
internal readonly record struct CurrencyParts(double Price, double Currency, double Product)
{
    internal CurrencyParts Plus(double price, double currency, double product) =>
        new(Price + price, Currency + currency, Product + product);
}
