using Granary.Data.FolderStore;
using Granary.Data.Sources;
using Granary.Data.Stores;
using Granary.Storage.Addresses;

namespace Granary.QuestDb;

/// <summary>Opens stores in QuestDB.</summary>
[BarStore(Address.QuestDb)]
internal sealed class QuestDbStoreFactory : IBarStoreFactory
{
    public IBarStore Open(Address address) => new QuestDbBarStore(QuestDbAddress.Of(address));
}
