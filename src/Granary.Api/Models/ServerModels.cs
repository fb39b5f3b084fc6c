using Granary.Application.Catalogues;
using Granary.Application.Models;
using Granary.Learning.Registry;

namespace Granary.Api.Models;

/// <summary>Opens the server's registry of models.</summary>
internal sealed class ServerModels(ApiSettings settings, GranaryCatalogues known)
{
    public ModelRegistry Open() =>
        new(ModelStores.Open(settings.Models ?? Path.Combine(settings.DataFolder, "models")), known.ModelKinds);
}
