using Granary.Engine.Catalogues;

namespace Granary.Data.Brokers;

/// <summary>Registers an <see cref="IBrokerFactory"/> in the broker catalogue.</summary>
/// <param name="name">The name in <c>--broker NAME</c>: lower case, digits and hyphens.</param>
/// <param name="summary">One line for <c>granary broker list</c>.</param>
[AttributeUsage(AttributeTargets.Class, Inherited = false)]
public sealed class BrokerAttribute(string name, string summary) : CatalogueAttribute(name)
{
    public string Summary { get; } = summary;

    /// <inheritdoc/>
    public override string Kind => "broker";
}
