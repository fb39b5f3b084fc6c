namespace Granary.Testing;

/// <summary>Marks a test class whose tests need a Kafka broker in a process of its own.</summary>
internal interface IUsesKafkaBroker;
