using System.Runtime.CompilerServices;
using Granary.Engine.Strategies;
using Granary.Learning.Strategies;

namespace Granary.Application.Learning;

/// <summary>Makes the strategies of the learning room known by class name in every host, before any batch is read.</summary>
internal static class StrategyRegistration
{
#pragma warning disable CA2255 // every host loads this assembly, and none can forget a call that it need not make
    [ModuleInitializer]
#pragma warning restore CA2255
    internal static void Register() => StrategyCatalogue.Add(typeof(ModelStrategy).Assembly);
}
