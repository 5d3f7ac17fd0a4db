"""The function that connects identities with the topics for their bounces and complaints."""
