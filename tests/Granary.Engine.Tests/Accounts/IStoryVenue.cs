using Granary.Engine.Brokerage;
using Granary.Engine.Market;

namespace Granary.Engine.Tests.Accounts;

/// <summary>The venue to which the orders of a story go.</summary>
internal interface IStoryVenue
{
    double Cash { get; }

    /// <summary>The process ends and starts again at the close of a day.</summary>
    /// <returns>Whether it does; then the ledger is read from its journal, too.</returns>
    bool Restart(int day);

    void OnBars(long closeTime, IReadOnlyList<ClosedBar> bars);

    BrokerOrderStatus Submit(BrokerOrder order);

    void Cancel(string clientId);

    IReadOnlyList<BrokerEvent> Poll(long after);

    double PositionOf(string symbol);
}

/// <summary>The simulated exchange as such, which never restarts.</summary>
internal sealed class ExchangeInMemory(SimulatedExchange exchange) : IStoryVenue
{
    public double Cash => exchange.Cash;

    public bool Restart(int day) => false;

    public void OnBars(long closeTime, IReadOnlyList<ClosedBar> bars) => exchange.OnBars(closeTime, bars);

    public BrokerOrderStatus Submit(BrokerOrder order) => exchange.Submit(order);

    public void Cancel(string clientId) => exchange.Cancel(clientId);

    public IReadOnlyList<BrokerEvent> Poll(long after) => exchange.Poll(after);

    public double PositionOf(string symbol) => exchange.Snapshot().Positions.GetValueOrDefault(symbol);
}
