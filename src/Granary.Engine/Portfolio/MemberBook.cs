using Granary.Engine.Trading;
using Granary.Engine.Trading.Book;

namespace Granary.Engine.Portfolio;

/// <summary>The book of a portfolio for one of a strategy's symbols.</summary>
/// <param name="symbol">Index among the strategy's symbols.</param>
internal sealed class MemberBook(PortfolioBooks books, int member, int symbol, PortfolioFeed feed) : IRunListener
{
    public int Member => member;

    public int Symbol => symbol;

    public PortfolioFeed Feed => feed;

    public int Market => feed.Market;

    public StrategyBook Book { get; set; } = null!;

    /// <summary>The first index of the block whose bars the book processes.</summary>
    public long BoundTo { get; set; } = -1;

    /// <summary>Whether it is among the active books of its feed.</summary>
    public bool IsActive { get; set; }

    public RunEventKinds Kinds => RunEventKinds.Order | RunEventKinds.Fill | RunEventKinds.Trade | RunEventKinds.Financing
        | RunEventKinds.Split | RunEventKinds.Roll | RunEventKinds.SignalEnded | RunEventKinds.EntryCut;

    public void On(in RunEvent e) => books.On(this, e);
}
