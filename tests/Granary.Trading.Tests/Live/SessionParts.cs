using Granary.Data.Journals;
using Granary.Engine.Brokerage;

namespace Granary.Trading.Tests.Live;

/// <summary>The parts of a session that a test replaces or wraps.</summary>
/// <param name="JournalOf">Wraps the journal.</param>
/// <param name="BrokerOf">Wraps the broker.</param>
/// <param name="Journal">A journal in place of the file's.</param>
internal sealed record SessionParts(Func<IJournal, IJournal>? JournalOf = null, Func<IBroker, IBroker>? BrokerOf = null,
    IJournal? Journal = null);
