using Granary.Engine.Catalogues;

namespace Granary.Learning.Trainers;

/// <summary>
/// Enters a class of trained models in the catalogue of model kinds. The class has a static method
/// <c>Read(ModelHead head, BinaryReader reader)</c>; a kind that holds other models takes a <see cref="IModelReader"/> as the third
/// parameter.
/// </summary>
/// <param name="format">The model's <see cref="ITrainedModel.Format"/>.</param>
[AttributeUsage(AttributeTargets.Class, Inherited = false)]
public sealed class ModelKindAttribute(string format) : CatalogueAttribute(format)
{
    /// <inheritdoc/>
    public override string Kind => "model kind";
}
