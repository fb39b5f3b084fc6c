using Granary.Data.QuestDb;
using Granary.Data.Stores;
using Granary.Storage.Addresses;

namespace Granary.Data.Sources;

/// <summary>Opens stores in QuestDB.</summary>
[BarStore(Address.QuestDb)]
public sealed class QuestDbStoreFactory : IBarStoreFactory
{
    public IBarStore Open(Address address) => new QuestDbBarStore(QuestDbAddress.Of(address));
}
