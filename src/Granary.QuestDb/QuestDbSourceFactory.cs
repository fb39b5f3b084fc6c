using Granary.Data.Sources;
using Granary.Engine.Market;
using Granary.Storage.Addresses;

namespace Granary.QuestDb;

/// <summary>Opens bars in QuestDB.</summary>
[BarSource(Address.QuestDb, Form = "questdb://…")]
public sealed class QuestDbSourceFactory : IBarSourceFactory
{
    public IBarSource Open(BarSourceRequest request) => new QuestDbBarSource(QuestDbAddress.Of(request.Address), request.Options.Adjust);
}
