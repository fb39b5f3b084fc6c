namespace Granary.Data.Brokers;

/// <summary>Enters an <see cref="IBrokerFactory"/> in the catalogue.</summary>
/// <param name="name">The name in <c>--broker NAME</c>: lower case, digits and hyphens.</param>
/// <param name="summary">One line for <c>granary broker list</c>.</param>
[AttributeUsage(AttributeTargets.Class, Inherited = false)]
public sealed class BrokerAttribute(string name, string summary) : Attribute
{
    public string Name { get; } = name;

    public string Summary { get; } = summary;
}
